// `seloste simulate --to NUMBER` as an operator runs it: its last line and exit code say what became of the call.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

function simulateTo(seloste: RunningSeloste, number: string): Promise<{ exitCode: number; lastLine: string }> {
  const { sip, ports } = seloste
  const env = {
    ...process.env,
    ...seloste.environment,
    SELOSTE_SIP: `${sip.host}:${sip.port}`,
    // By default it could contain the port of SIP.
    SELOSTE_RTP: `${sip.host}:${ports.firstRtp}-${ports.lastRtp}`,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'simulate', '--to', number], { env }, (error, stdout) => {
      resolve({ exitCode: error ? Number(error.code) : 0, lastLine: stdout.trim().split('\n').at(-1)! })
    })
  })
}

/** Calls one after another: calls of one official at the same time are one conversation. */
export function testSimulatedCall(given: () => RunningSeloste): void {
  test('a simulated call to the test line says that it was recorded, and one to a number that the description does not list fails', async () => {
    const recorded = await simulateTo(given(), '029 497 099')
    expect(recorded).toMatchObject({ exitCode: 0, lastLine: expect.stringContaining('it was recorded') })
    const unlisted = await simulateTo(given(), '029 555 0000')
    expect(unlisted).toMatchObject({ exitCode: 1, lastLine: expect.stringContaining('does not list 0295 550 000') })
  }, 90_000)
}
