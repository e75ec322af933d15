/**
 * Saves a single-use download.
 * @returns the error; undefined once it is saved
 */
export async function saveFile(path: string, name: string): Promise<unknown> {
  try {
    const answer = await fetch(path, { headers: { accept: 'application/octet-stream, application/json' } })
    if (!answer.ok) return (await answer.json()) as unknown
    const address = URL.createObjectURL(await answer.blob())
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
    // The browser has started to write by then.
    window.setTimeout(() => URL.revokeObjectURL(address), 60_000)
    return undefined
  } catch {
    return { error: { code: 'no-answer' } }
  }
}
