/** Returns undefined for the error of a file that does not exist; throws others: `readFile(path).catch(undefinedIfMissing)`. */
export function undefinedIfMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
