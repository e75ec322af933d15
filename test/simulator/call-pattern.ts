/**
 * Generates a realistic stream of calls: who calls which number, who answers, what they talk about. The same seed gives
 * the same calls.
 */
import { numbersCalled, officials, switchboardUnit, type Official } from './people.ts'
import type { CallPlan } from './call-plan.ts'
import { seedRandom, type Random } from './random.ts'
import { listDialogues } from './sound.ts'

type NumberKind = keyof typeof numbersCalled

/** Shares of calls by number; the test line is busy because the demo wants recordings to show. */
const shares: readonly (readonly [NumberKind, number])[] = [
  ['national', 0.42],
  ['northern', 0.18],
  ['nationalSwedish', 0.12],
  ['testLine', 0.18],
  ['switchboard', 0.07],
  ['switchboardSwedish', 0.03],
]

const withheldShare = 0.05
const transferShare = 0.08
const holdShare = 0.12
const lossyShare = 0.1
const muLawShare = 0.1

/** Generates calls without end. */
export function* callPattern(seed: number): Generator<CallPlan, never> {
  const random = seedRandom(`pattern ${seed}`)
  for (let index = 1; ; index++) yield planCall(random, `${seed}-${index}`)
}

function planCall(random: Random, seed: string): CallPlan {
  const kind = pickNumber(random)
  const official = pickOfficial(random, kind)
  const dialogue = pickDialogue(random, official, kind)
  const onSwitchboard = official.unit === switchboardUnit
  const lossy = random.chance(lossyShare)
  const base = {
    seed,
    official,
    number: numbersCalled[kind],
    caller: inventCaller(random),
    ...(random.chance(withheldShare) ? { withheld: true } : {}),
    ...(dialogue === undefined ? { seconds: random.integer(12, 25) } : { dialogue }),
    ...(random.chance(muLawShare) ? { codec: 'pcmu' as const } : {}),
    waitedMs: random.integer(4_000, 180_000),
    noiseDbfs: random.pick([-64, -60, -56]),
    officialFirst: random.chance(0.3),
    faults: lossy ? { loss: 0.005 + random.next() * 0.015, reorder: 0.003, duplicate: 0.001 } : {},
  }
  if (onSwitchboard || random.chance(transferShare)) {
    const toKind: NumberKind = onSwitchboard ? (kind === 'switchboard' ? 'northern' : 'nationalSwedish') : kind
    const receiver = pickOfficial(random, toKind, official)
    const next = pickDialogue(random, receiver, toKind)
    return {
      ...base,
      transferTo: {
        official: receiver,
        afterMs: onSwitchboard ? random.integer(14_000, 20_000) : random.integer(9_000, 20_000),
        consultMs: random.integer(1_000, 4_000),
        ...(onSwitchboard ? { number: numbersCalled[toKind] } : {}),
        ...(next === undefined ? {} : { dialogue: next }),
      },
    }
  }
  if (random.chance(holdShare))
    return { ...base, hold: { afterMs: random.integer(6_000, 14_000), forMs: random.integer(3_000, 8_000) } }
  return base
}

export function pickNumber(random: Random): NumberKind {
  let left = random.next()
  for (const [kind, share] of shares) if ((left -= share) < 0) return kind
  return 'national'
}

/** Returns an official who serves this number, but not `except`. */
export function pickOfficial(random: Random, kind: NumberKind, except?: Official): Official {
  const serves: Record<NumberKind, (official: Official) => boolean> = {
    national: ({ unit, language }) => language === 'fi' && unit !== switchboardUnit && unit !== 'Pohjois-Suomi',
    nationalSwedish: ({ unit, language }) => language === 'sv' && unit !== switchboardUnit,
    northern: ({ unit }) => unit === 'Pohjois-Suomi',
    testLine: ({ key }) => key === 'aino' || key === 'kaisa',
    switchboard: ({ unit, language }) => unit === switchboardUnit && language === 'fi',
    switchboardSwedish: ({ unit, language }) => unit === switchboardUnit && language === 'sv',
  }
  const able = officials.filter((official) => serves[kind](official) && official.key !== except?.key)
  // The test line is answered by Aino, and by Kaisa when Aino transfers a call.
  if (kind === 'testLine') return able[0]!
  return random.pick(able)
}

/**
 * Returns a dialogue whose official has this official's kind of voice and speaks about the unit's matters; undefined if
 * none is recorded.
 */
export function pickDialogue(random: Random, official: Official, kind: NumberKind): string | undefined {
  const swedish = kind === 'nationalSwedish' || kind === 'switchboardSwedish'
  const english = !swedish && kind === 'national' && official.alsoSpeaks.includes('en') && random.chance(0.15)
  const language = swedish ? 'sv' : english ? 'en' : 'fi'
  const line = official.unit === switchboardUnit ? 'switchboard' : 'service'
  const matters: Record<string, string> = { Yritysverotus: 'alv-rekisterointi', Perintöverotus: 'perintovero' }
  const able = listDialogues().filter(
    (each) =>
      each.language === language &&
      each.line === line &&
      each.officialGender === official.voice &&
      (each.key !== 'testilinja' || kind === 'testLine') &&
      (each.key !== 'kiinteistovero' || kind === 'northern') &&
      (!Object.values(matters).includes(each.key) || matters[official.unit] === each.key),
  )
  const own = able.find(
    ({ key }) => key === matters[official.unit] || (kind === 'northern' && key === 'kiinteistovero'),
  )
  if (own && random.chance(0.6)) return own.key
  return able.length === 0 ? undefined : random.pick(able).key
}

/**
 * Returns a number that nobody has. Finnish subscriber numbers 1234xxx are used as examples in forms; the Swedish and
 * British ranges are reserved for fiction by PTS (070-174 06 05 to 99) and Ofcom (07700 900000 to 900999).
 */
export function inventCaller(random: Random): string {
  const digits = (count: number) => String(random.integer(0, 10 ** count - 1)).padStart(count, '0')
  const kind = random.next()
  if (kind < 0.86) return `+358${random.pick(['40', '41', '44', '45', '46', '50'])}1234${digits(3)}`
  if (kind < 0.96) return `+358${random.pick(['9', '8', '2', '3', '16', '17'])}1234${digits(3)}`
  if (kind < 0.98) return `+467017406${random.integer(5, 99).toString().padStart(2, '0')}`
  return `+447700900${digits(3)}`
}
