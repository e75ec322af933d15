// Writes and destroys one key in a folder, and prints each step on a line. Runs in a process of its own, in which a
// test causes faults.
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'

const [folder = '', name = '', secret = ''] = process.argv.slice(2)
const store = await openKeyFolder(folder)
const acts: [string, () => Promise<unknown>][] = [
  ['written', () => store.write(name, Buffer.from(secret))],
  ['destroyed', () => store.destroy(name)],
]
for (const [response, act] of acts) {
  try {
    await act()
    console.log(response)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    console.log(`not ${response}: ${code}: ${message}`)
  }
}
