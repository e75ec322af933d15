import { fileURLToPath } from 'node:url'

/** What makes the database: `migrations/` and `functions/`. */
export const schemaFolder = fileURLToPath(new URL('../../../database', import.meta.url))
