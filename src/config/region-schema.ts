/** The name of an AWS Region, wherever the configuration has one. */
import * as z from 'zod/mini'

export const region = z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be the name of an AWS Region'))
