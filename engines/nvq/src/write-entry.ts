/**
 * Prints nvq's entry for the file of SELOSTE_ENGINES: `node src/write-entry.ts [RECORD]`. In: this folder, the Node that runs this, the
 * path of a record of the evaluation. Out: JSON. Never here: a file that nvq reads and that is not hashed.
 */
import { entryOf } from './entry.ts'

const [, , record] = process.argv
process.stdout.write(`${JSON.stringify({ signal: [entryOf(process.execPath, record)] }, null, 2)}\n`)
