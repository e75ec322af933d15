import type { Language } from '#description/closed-lists.ts'
import type { RequestKind } from '#register/request-tables.ts'
import { maxLengths, type SentRequest } from '#use/requests/home/home-requests.ts'
import { homeTexts } from './page-texts.ts'

/** Values of the form as entered, to show them again if there are problems. */
export interface WrittenRequest {
  party: string
  kinds: readonly string[]
  told: string
  name: string
  address: string
  phone: string
  email: string
  userId: string
  /** The identity, sealed by the custodian; empty if the requester has not identified. */
  ticket: string
}

export type RequestProblems = Partial<Record<keyof WrittenRequest, string>>

export const emptyRequest: WrittenRequest = {
  ...{ party: '', kinds: [], told: '', name: '', address: '', phone: '', email: '', userId: '', ticket: '' },
}

const isEmail = /^[^\s@<>"',;:()]+@[^\s@<>"',;:()]+\.[^\s@<>"',;:().]{2,}$/

/**
 * Reads the form. Returns its values, or all problems with them.
 * @param offered kinds that the description offers to callers and officials
 */
export function readRequestForm(
  body: unknown,
  language: Language,
  offered: readonly RequestKind[],
): { written: WrittenRequest; given?: SentRequest; problems?: RequestProblems } {
  const t = homeTexts(language)
  const written = writtenOf(body)
  const [told, name, address, phone, email, userId] = (
    ['told', 'name', 'address', 'phone', 'email', 'userId'] as const
  ).map((field) => written[field].trim()) as [string, string, string, string, string, string]
  const isIdentified = written.ticket !== ''
  const party = (['CALLER', 'OFFICIAL'] as const).find((one) => one === written.party)
  const kinds = offered.filter((kind) => written.kinds.includes(kind))
  const problems: RequestProblems = {}
  const addProblem = (field: keyof WrittenRequest, problem: string | false | undefined) => {
    if (problem !== undefined && problem !== false) problems[field] ??= problem
  }
  const tooLong = (text: string, limit: number) => {
    const { length } = [...text]
    return length > limit && t('home.too-long', { limit, length })
  }
  addProblem('party', !party && t('home.party-missing'))
  addProblem('kinds', kinds.length === 0 && t('home.kinds-missing'))
  addProblem('told', told === '' ? t('home.told-missing') : tooLong(told, maxLengths.told))
  // The name of an identified requester is the provider's; a name in the form is ignored.
  if (!isIdentified) addProblem('name', name === '' ? t('home.name-missing') : tooLong(name, maxLengths.name))
  addProblem('address', !isIdentified && address === '' && phone === '' && email === '' && t('home.contact-missing'))
  addProblem('address', tooLong(address, maxLengths.address))
  addProblem('phone', tooLong(phone, maxLengths.phone))
  addProblem('email', email !== '' && !isEmail.test(email) ? t('home.not-an-email') : tooLong(email, maxLengths.email))
  if (party === 'OFFICIAL')
    addProblem('userId', userId === '' ? t('home.user-id-missing') : tooLong(userId, maxLengths.userId))
  if (Object.keys(problems).length > 0 || !party) return { written, problems }
  const requester = { name, ...(address && { address }), ...(phone && { phone }), ...(email && { email }) }
  return { written, given: { party, kinds, language, told, requester, ...(party === 'OFFICIAL' && { userId }) } }
}

/** Returns the problem of a text with a personal identity code, by the field that the database names. */
export function identityCodeProblem(fieldName: string | undefined, language: Language): RequestProblems {
  const field = (['name', 'address', 'phone', 'email'] as const).find((one) => `requester.${one}` === fieldName)
  return { [field ?? (fieldName === 'userId' ? 'userId' : 'told')]: homeTexts(language)('home.identity-code') }
}

function writtenOf(body: unknown): WrittenRequest {
  const fields = body instanceof URLSearchParams ? body : new URLSearchParams()
  const textOf = (field: string) => plain(fields.get(field) ?? '')
  return {
    party: textOf('party'),
    kinds: fields.getAll('kinds').slice(0, 20),
    told: textOf('told'),
    name: textOf('name'),
    address: textOf('address'),
    phone: textOf('phone'),
    email: textOf('email'),
    userId: textOf('userId'),
    ticket: textOf('ticket'),
  }
}

/** Returns a fetch code and a ticket as entered. */
export function readCodeForm(body: unknown): { code: string; ticket: string } {
  const fields = body instanceof URLSearchParams ? body : new URLSearchParams()
  return { code: plain(fields.get('code') ?? '').trim(), ticket: plain(fields.get('ticket') ?? '') }
}

/** Removes NUL characters, which the database cannot store, and changes line ends to LF: CR LF, and U+0085, which only the database treats as white space. */
function plain(text: string): string {
  return text
    .replaceAll(/\r\n|\u0085/g, '\n')
    .replaceAll('\0', '')
    .toWellFormed()
}
