/**
 * Plays calls between two telephones of SIPp through a proxy or a border controller, and reads what the register has of
 * them. Each end plays two sounds that differ.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { alawToLinear } from '#test/simulator/g711.ts'
import { eventually, type Api, type ContactShape } from '../../whole/api.ts'
import { findSound } from '../../whole/compare-sound.ts'
import { freePort } from '../../whole/free-ports.ts'
import { runSipp } from './run-sipp.ts'
import { writeEndpoints, type CallPlan } from './sipp/write-endpoints.ts'
import { sweep } from './sweep.ts'

const ends = ['official', 'caller'] as const
const parts = ['first', 'second'] as const
/** Gives simultaneous callers different sounds. */
function voicesOf(caller: string) {
  const higher = 20 * Number(caller.slice(-1))
  return {
    caller: { first: sweep(300 + higher, 700, 2_000), second: sweep(500 + higher, 1000, 2_000) },
    official: { first: sweep(1200, 1700, 2_000), second: sweep(1500, 2200, 2_000) },
  }
}

export interface Call {
  folder: string
  proxyHost?: string
  proxyPort: number
  officialPort: number
  caller: string
  dialled: string
  plan: CallPlan
  /** Further keys of the scenarios. */
  keys?: Readonly<Record<string, string>>
  /** Other callers who call the same official at the same time, each with their own number. */
  otherCallers?: readonly string[]
}

/** Plays the whole call, from its first request to the last answer. */
export async function playCall(given: Call): Promise<void> {
  const { folder, proxyHost = '127.0.0.1', proxyPort, officialPort, otherCallers = [], ...call } = given
  const scenarios = writeEndpoints(call.plan)
  const callers = [call.caller, ...otherCallers]
  const play = async (user: (typeof ends)[number], caller: string, calls: number) => {
    const own = join(folder, `${caller}-${user}`)
    await mkdir(own)
    await writeFile(join(own, 'scenario.xml'), scenarios[user])
    for (const part of parts) await writeFile(join(own, `${part}.al`), voicesOf(caller)[user][part])
    const keys = {
      caller,
      dialled: call.dialled,
      called: `${proxyHost}:${proxyPort}`,
      first: join(own, 'first.al'),
      second: join(own, 'second.al'),
      ...call.keys,
    }
    // Starts the answering end first, because it must be ready.
    if (user === 'caller') await wait(1_000)
    const port = user === 'official' ? officialPort : await freePort()
    const more = ['-p', String(port), '-m', String(calls)]
    more.push(...Object.entries(keys).flatMap(([key, value]) => ['-key', key, value]))
    const server = { host: proxyHost, port: proxyPort }
    await runSipp({ server, transport: 'udp', scenario: join(own, 'scenario.xml'), folder: own, more })
  }
  await Promise.all([
    play('official', call.caller, callers.length),
    ...callers.map((caller) => play('caller', caller, 1)),
  ])
}

/** Waits for this caller's only call, until its recording can be played. */
export async function findCall(person: Api, caller: string): Promise<ContactShape> {
  const access = { purpose: 'CRIME_OR_MISUSE', reference: 'test', caller }
  const found = await eventually(async () => {
    const contacts = await person.contacts(access)
    return contacts[0]?.segments[0]?.recording.state === 'available' ? contacts : undefined
  }, 'the call, to be heard')
  expect(found).toHaveLength(1)
  return person.contact(found[0]?.id ?? '', access.purpose, access.reference)
}

/** Checks that each voice is on its own channel, with every sample. */
export async function expectRecorded(
  person: Api,
  contact: ContactShape,
  caller: string,
  text: readonly (typeof parts)[number][] = parts,
): Promise<void> {
  const voices = voicesOf(caller)
  const received = await person.listen(contact.segments[0]?.recording.id ?? '', 'CRIME_OR_MISUSE', 'test')
  for (const user of ends) {
    for (const part of text) {
      const sent = alawToLinear(voices[user][part])
      expect(findSound(sent, received[user]), `${part} of the ${user}`).toMatchObject({
        compared: sent.length,
        different: 0,
      })
    }
  }
}
