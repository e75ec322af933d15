/** Returns true if it succeeded; the mutation holds a refusal. */
export async function finishRequest(request: Promise<unknown>, onDone: () => void | Promise<void>): Promise<boolean> {
  const isDone = await request.then(
    () => true,
    () => false,
  )
  if (isDone) await onDone()
  return isDone
}
