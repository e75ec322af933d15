/**
 * Officials of the demo, and their numbers: the same people in the simulated calls and in the demo's directory. All are
 * invented. Numbers are E.164.
 */
export type Official = {
  /** User id in the demo's directory. */
  readonly key: string
  readonly name: string
  readonly phone: string
  readonly unit: string
  readonly language: 'fi' | 'sv'
  /** Other languages in which the official serves. */
  readonly alsoSpeaks: readonly ('fi' | 'sv' | 'en')[]
  /** Voice of the official, by which a recorded dialogue is chosen. */
  readonly voice: 'female' | 'male'
}

export const officials: readonly Official[] = [
  {
    key: 'aino',
    name: 'Aino Virtanen',
    phone: '+358295121001',
    unit: 'Henkilöverotus',
    language: 'fi',
    alsoSpeaks: ['en'],
    voice: 'female',
  },
  {
    key: 'bertil',
    name: 'Bertil Lindqvist',
    phone: '+358295121002',
    unit: 'Ruotsinkielinen palvelu',
    language: 'sv',
    alsoSpeaks: ['fi', 'en'],
    voice: 'male',
  },
  {
    key: 'kaisa',
    name: 'Kaisa Mäkelä',
    phone: '+358295121003',
    unit: 'Henkilöverotus',
    language: 'fi',
    alsoSpeaks: [],
    voice: 'female',
  },
  {
    key: 'juhani',
    name: 'Juhani Korpela',
    phone: '+358295121004',
    unit: 'Yritysverotus',
    language: 'fi',
    alsoSpeaks: ['en'],
    voice: 'male',
  },
  {
    key: 'annika',
    name: 'Annika Söderholm',
    phone: '+358295121005',
    unit: 'Henkilöverotus',
    language: 'sv',
    alsoSpeaks: ['fi'],
    voice: 'female',
  },
  {
    key: 'oili',
    name: 'Oili Rautio',
    phone: '+358295121006',
    unit: 'Pohjois-Suomi',
    language: 'fi',
    alsoSpeaks: [],
    voice: 'female',
  },
  {
    key: 'esa',
    name: 'Esa Pikkarainen',
    phone: '+358295121007',
    unit: 'Pohjois-Suomi',
    language: 'fi',
    alsoSpeaks: [],
    voice: 'male',
  },
  {
    key: 'leena',
    name: 'Leena Toivonen',
    phone: '+358295121008',
    unit: 'Perintöverotus',
    language: 'fi',
    alsoSpeaks: [],
    voice: 'female',
  },
  {
    key: 'raija',
    name: 'Raija Hietala',
    phone: '+358295121009',
    unit: 'Vaihde',
    language: 'fi',
    alsoSpeaks: [],
    voice: 'female',
  },
  {
    key: 'monica',
    name: 'Monica Westerback',
    phone: '+358295121010',
    unit: 'Vaihde',
    language: 'sv',
    alsoSpeaks: ['fi'],
    voice: 'female',
  },
]

export const switchboardUnit = 'Vaihde'

/** Service numbers that people call. Registers in the demo have them under these names. */
export const numbersCalled = {
  national: '+35829497000',
  nationalSwedish: '+35829497001',
  northern: '+35829497010',
  /** All calls are recorded, and the recordings kept for a short time. */
  testLine: '+35829497099',
  switchboard: '+35829512000',
  switchboardSwedish: '+35829512001',
} as const

/** Returns the official with this key; throws for an unknown key. */
export function officialByKey(key: string): Official {
  const found = officials.find((each) => each.key === key)
  if (!found) throw new Error(`no official is called ${key}`)
  return found
}
