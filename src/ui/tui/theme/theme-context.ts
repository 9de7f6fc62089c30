import { createContext, use } from 'react'
import { themeOf, type Theme } from './theme.ts'

export const ThemeContext = createContext<Theme>(themeOf({ colour: false, unicode: true }))

export const useTheme = (): Theme => use(ThemeContext)
