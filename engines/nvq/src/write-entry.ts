/**
 * Prints nvq's entry for the file of SELOSTE_ENGINES, as JSON: `node src/write-entry.ts [RECORD]`. Reads this folder, the Node that runs
 * this, and the path of an evaluation record. Every file that nvq reads must be in the hash.
 */
import { entryOf } from './entry.ts'

const [, , record] = process.argv
process.stdout.write(`${JSON.stringify({ signal: [entryOf(process.execPath, record)] }, null, 2)}\n`)
