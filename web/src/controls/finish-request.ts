/** Waits for a request, and calls `onDone` if it succeeded. Returns true then; a refusal is the error of the mutation. */
export async function finishRequest(request: Promise<unknown>, onDone: () => unknown): Promise<boolean> {
  const isDone = await request.then(
    () => true,
    () => false,
  )
  if (isDone) await onDone()
  return isDone
}
