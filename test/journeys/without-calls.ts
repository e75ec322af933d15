// Starts a separate Seloste without simulated calls, for journeys that make their own calls and check what became of
// them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shippedDescriptionText } from '#test/database/describe-from.ts'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { test as atTheDesk } from './at-the-desk.ts'

const startMs = 200_000

/**
 * Starts a new Seloste for each test file that uses it, so that changes of one journey do not affect another.
 * @param replacements texts of the seed and their replacements, made before the description is installed
 * @param settingsIn writes files into a folder, and returns settings that name them
 */
export const withoutCalls = (
  replacements: Readonly<Record<string, string>> = {},
  settingsIn: (folder: string) => Promise<Readonly<Record<string, string>>> = () => Promise.resolve({}),
) =>
  atTheDesk.extend<object, { seloste: RunningSeloste }>({
    seloste: [
      async ({}, use) => {
        if (Object.keys(replacements).length === 0) return useOne(await startSeloste({ isPrepared: true }), use)
        const folder = await mkdtemp(join(tmpdir(), 'seloste-described-'))
        const file = join(folder, 'description.yaml')
        const seed = await shippedDescriptionText()
        await writeFile(
          file,
          Object.entries(replacements).reduce((text, [from, to]) => text.replaceAll(from, to), seed),
        )
        const settings = await settingsIn(folder)
        await useOne(await startSeloste({ environment: { SELOSTE_DESCRIPTION: file, ...settings } }), use)
        await rm(folder, { recursive: true })
      },
      { scope: 'worker', timeout: startMs },
    ],
  })

async function useOne(seloste: RunningSeloste, use: (seloste: RunningSeloste) => Promise<void>): Promise<void> {
  await use(seloste)
  await seloste.stop()
}
