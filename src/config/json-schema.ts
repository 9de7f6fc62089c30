import * as z from 'zod/mini'
import { configSchema } from './schema.ts'

export const SCHEMA_NAME = 'rds-ca-runbook.schema.json'

/** The configuration's JSON Schema (draft 2020-12), for editors: of the text as it is written, before defaults are filled in. */
export const configJsonSchema = (): object => ({
  ...z.toJSONSchema(configSchema, { io: 'input' }),
  title: 'rds-ca-runbook.config.yaml',
})
