/** Prints the OpenAPI document: `node src/app/http/contract/write-openapi.ts > openapi.json`. */
import { openApiDocument } from './openapi.ts'

process.stdout.write(`${JSON.stringify(openApiDocument('1'), null, 2)}\n`)
