/**
 * Waits for a request, and calls `onDone` with its answer if it succeeded. Returns true then; a refusal is the error of the
 * mutation.
 */
export function finishRequest<Result>(request: Promise<Result>, onDone: (result: Result) => unknown): Promise<boolean> {
  return request.then(
    async (result) => {
      await onDone(result)
      return true
    },
    () => false,
  )
}
