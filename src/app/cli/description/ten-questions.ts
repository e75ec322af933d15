import type { Answers } from '#description/first/answers.ts'
import type { Trilingual } from '#description/closed-lists.ts'
import { phoneNumberKey } from '#description/phone-numbers/normalise-phone-number.ts'
import { optional, readDay, readText, type Answer, type Terminal } from '../ask.ts'

const trilingualForm = 'fi / sv / en'
const wrongPhoneNumber = { wrong: 'a telephone number, for example 029 512 000' }
const legalBasis: Trilingual = {
  fi: 'Yleisen tietosuoja-asetuksen 6 artiklan 1 kohdan e alakohta; tietosuojalaki (1050/2018) 4 §',
  sv: 'Artikel 6.1 e i allmänna dataskyddsförordningen; dataskyddslagen (1050/2018) 4 §',
  en: 'Article 6(1)(e) of the General Data Protection Regulation; Data Protection Act (1050/2018) section 4',
}

/** Asks the ten questions. Checks how answers are written; the description made of them is checked as a whole afterwards. */
export async function askTenQuestions(terminal: Terminal, today: Temporal.PlainDate): Promise<Answers> {
  const { ask, print } = terminal
  const title = (number: number, text: string) => print(`\n${number}/10  ${text}\n`)
  const three = (prompt: string, preset?: string) =>
    ask({ prompt: `${prompt}: ${trilingualForm}`, preset, read: readTrilingual })
  const line = (prompt: string) => ask({ prompt, read: readText })
  const day = (prompt: string, preset?: Temporal.PlainDate) =>
    ask({ prompt, preset: preset?.toString(), read: readDay })

  print(
    `Three languages are written ${trilingualForm}, with " / " between them; one text alone is used for all three.\n`,
  )
  title(1, 'The agency')
  const name = await three('Name')
  const [genitive, adessive, inessive] = await ask({
    prompt: 'Finnish forms of the name, for example Verohallinnon, Verohallinnolla, Verohallinnossa',
    read: (text) => readList(text, 3),
  })
  title(2, 'The unit that serves the people whose calls these are')
  const unit = await three('Name')
  const finnishIllative = await line('To the unit, in Finnish (Palveluyksikköön)')
  title(3, 'Its addresses')
  const addresses = { postal: await three('Postal address'), visiting: await three('Visiting address') }
  title(4, 'The telephone exchange')
  const switchboard = await ask({
    prompt: `Number of the switchboard, which is never recorded: ${trilingualForm}`,
    read: (text) => {
      const read = readTrilingual(text)
      return 'wrong' in read || Object.values(read.value).every((one) => phoneNumberKey(one) !== null)
        ? read
        : wrongPhoneNumber
    },
  })
  const exchanges = await ask({
    prompt: 'Prefixes of its extensions (029 512), with commas between them; empty for none',
    read: (text) => ({ value: text === '' ? [] : text.split(',').map((one) => one.trim()) }),
  })
  title(5, 'The service numbers that people call')
  const numbers = await askNumbers(terminal)
  title(6, 'Recording')
  const percent = await ask({
    prompt: 'Calls to be recorded, in percent',
    preset: '10',
    read: (text) => readWhole(text, 0, 99),
  })
  const months = await ask({
    prompt: 'Months that a recording is kept',
    preset: '6',
    read: (text) => readWhole(text, 2, 6),
  })
  const testLine = await ask({
    prompt: 'Number of a test line that only staff call, recorded in full; empty for none',
    read: optional(readNumber),
  })
  title(7, 'The cooperation procedure with the personnel (Act 1233/2013), which comes before any recording')
  const cooperation = { decidedOn: await day('Day of the decision'), document: await line('Document') }
  title(8, 'The place of the data')
  const site = {
    names: await three('Name of the room'),
    country: await ask({ prompt: 'Country', preset: 'FI', read: readText }),
    attestedBy: await line('Who attested its electronic access control'),
  }
  const attestedOn = await day('On which day')
  const nextReview = await day('Day of the next review', Temporal.PlainDate.from(attestedOn).add({ years: 2 }))
  title(9, 'What is published')
  const accessibilityEmail = await line('E-mail for feedback on accessibility')
  const isNotice = await ask({
    prompt: 'Law: gdpr, or seed (a register description under the Personal Data Act)',
    preset: 'gdpr',
    read: (text) => (text === 'gdpr' || text === 'seed' ? { value: text === 'gdpr' } : { wrong: 'gdpr or seed' }),
  })
  const notice = isNotice && {
    legalBasis: await three('Legal basis of the purposes', Object.values(legalBasis).join(' / ')),
    dataProtectionOfficer: {
      address: await three('Address of the data protection officer'),
      email: await line('E-mail'),
      phone: await ask({ prompt: 'Telephone', read: readNumber }),
    },
  }
  title(10, 'The decision')
  const decision = {
    author: await line('User id of who drafted this description'),
    approver: await line('User id of who approved it, another person'),
    decidedOn: await day('Day of the decision'),
    effectiveFrom: await day('In force from', today),
  }
  return {
    agency: { name, finnishForms: { genitive: genitive!, adessive: adessive!, inessive: inessive! } },
    unit: { name: unit, finnishIllative },
    addresses,
    telephone: { switchboard, exchanges },
    numbers,
    recording: { percent, months, ...(testLine !== undefined && { testLine }) },
    cooperation,
    site: { ...site, attestedOn, nextReview },
    notice: { accessibilityEmail, ...notice },
    decision,
  }
}

async function askNumbers({ ask }: Terminal): Promise<Answers['numbers']> {
  const numbers: Answers['numbers'] = []
  for (;;) {
    const number = await ask({
      prompt: numbers.length === 0 ? 'Number' : 'Next number; empty after the last',
      read: numbers.length === 0 ? readNumber : optional(readNumber),
    })
    if (number === undefined) return numbers
    const language = await ask({
      prompt: 'Language of its service: fi, sv or en',
      preset: 'fi',
      read: (text): Answer<'fi' | 'sv' | 'en'> =>
        text === 'fi' || text === 'sv' || text === 'en' ? { value: text } : { wrong: 'fi, sv or en' },
    })
    numbers.push({ number, language, names: await ask({ prompt: `Name: ${trilingualForm}`, read: readTrilingual }) })
  }
}

function readTrilingual(text: string): Answer<Trilingual> {
  const parts = text.split(' / ').map((part) => part.trim())
  const [fi = '', sv = fi, en = fi] = parts
  if (parts.some((part) => part === '') || ![1, 3].includes(parts.length))
    return { wrong: `one text, or ${trilingualForm}` }
  return { value: { fi, sv, en } }
}

function readList(text: string, count: number): Answer<string[]> {
  const parts = text.split(',').map((part) => part.trim())
  return parts.length === count && !parts.includes('') ? { value: parts } : { wrong: `${count} forms, with commas` }
}

function readNumber(text: string): Answer<string> {
  return phoneNumberKey(text) === null ? wrongPhoneNumber : { value: text }
}

function readWhole(text: string, from: number, to: number): Answer<string> {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : NaN
  return number >= from && number <= to ? { value: String(number) } : { wrong: `a whole number from ${from} to ${to}` }
}
