/** `npm run evaluate -w engines/nvq`: ends with 1 where nvq misses a demand. */
import { evaluate } from './evaluate.ts'

if ((await evaluate()) === false) process.exitCode = 1
