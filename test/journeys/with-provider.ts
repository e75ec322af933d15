// Starts a separate Seloste with an identity provider, for journeys in which people sign in or identify themselves
// there.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTestProvider, testClient, type TestProvider } from '#test/sign-in/run-provider.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { test as atTheDesk } from './at-the-desk.ts'

interface SelosteWithProvider {
  seloste: RunningSeloste
  provider: TestProvider
}

const startMs = 200_000

/**
 * Returns the test of a journey.
 * @param prepare prepares the provider, and returns the options of `startSeloste` besides the ports; `secretFile` has the
 *   client's secret
 */
export function testWithProvider(
  prepare: (given: {
    provider: TestProvider
    folder: string
    secretFile: string
  }) => Promise<Omit<NonNullable<Parameters<typeof startSeloste>[0]>, 'ports'>>,
) {
  return atTheDesk.extend<object, SelosteWithProvider & { both: SelosteWithProvider }>({
    both: [
      async ({}, use) => {
        const ports = await findPorts()
        // A host name: passkeys cannot be made for an IP address, and the provider sends browsers back to it.
        const url = `http://localhost:${ports.http}`
        const provider = await runTestProvider(url)
        const folder = await mkdtemp(join(tmpdir(), 'seloste-client-'))
        const secretFile = join(folder, 'secret')
        await writeFile(secretFile, testClient.secret)
        const seloste = await startSeloste({ ...(await prepare({ provider, folder, secretFile })), ports })
        await use({ seloste: { ...seloste, url }, provider })
        await seloste.stop()
        await provider.stop()
        await rm(folder, { recursive: true })
      },
      { scope: 'worker', timeout: startMs },
    ],
    seloste: [({ both }, use) => use(both.seloste), { scope: 'worker' }],
    provider: [({ both }, use) => use(both.provider), { scope: 'worker' }],
  })
}
