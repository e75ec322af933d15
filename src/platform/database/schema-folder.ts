import { fileURLToPath } from 'node:url'

/** Folder of `migrations/` and `functions/`. */
export const schemaFolder = fileURLToPath(new URL('../../../database', import.meta.url))
