/** `npm run evaluate -w engines/nvq`: exits with 1 if nvq misses a requirement. */
import { evaluate } from './evaluate.ts'

if ((await evaluate()) === false) process.exitCode = 1
