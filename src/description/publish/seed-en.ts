import { capital } from './agency.ts'
import { monthsKept, type Grounds } from './grounds.ts'
import { joined } from './joined.ts'
import type { SeedHeadings, SeedLabels, SeedTexts } from './seed-words.ts'

export const seedHeadingsEn: SeedHeadings = {
  general: 'GENERAL',
  data: 'GROUPS OF DATA SUBJECTS AND DATA CONTENT OF THE REGISTER',
  storage: 'STORAGE AND PROTECTION OF THE CONTACT HISTORY AND THE RECORDINGS',
  disclosure: 'DISCLOSURE OF RECORDINGS AND IDENTIFICATION DATA',
  access: 'ACCESS RIGHTS',
  rights: 'RIGHT OF INSPECTION OF THE CALLING CUSTOMER AND THE OFFICIAL',
}

export const seedLabelsEn: SeedLabels = {
  register: 'REGISTER',
  controller: 'CONTROLLER',
  visitingAddress: 'Visiting address',
  switchboard: 'Switchboard',
  purposes: 'PURPOSE OF PROCESSING THE DATA',
  dataSubjects: 'DATA SUBJECTS',
  content: 'CONTENT OF THE REGISTER',
}

export function seedTextsEn(grounds: Grounds): SeedTexts {
  const { agency, numbers, has, uses, description } = grounds
  const { terms, disclosure } = description
  const several = grounds.servers > 1
  return {
    S4: 'The contact history and call recordings of the telephone service are used primarily for developing customer service.',
    S5: developing(uses('TRAINING'), uses('SERVICE_LEVEL_STUDY')),
    S6: crime(grounds),
    S7: `For customer service, ${agency.name} has ${numbersThereAreEn(numbers)}.`,
    S8: `The calls are answered by ${agency.genitive} staff performing customer-service duties.`,
    S9: `The identification data of the calls are stored in the contact history of the call routing and monitoring system at ${agency.genitive} disposal.`,
    S10: grounds.records
      ? 'We record some of our customer calls so that we can ensure and develop the quality of our customer service.'
      : undefined,
    S11: `Customers who call the service numbers${numbers.switchboard ? ' and the switchboard' : ''}, and the officials who answer them`,
    S12: 'The following identification data are stored of the calls:',
    fields: {
      CALL_START_AND_END: 'Start and end time of the call',
      CALLER_NUMBER: 'Caller’s number',
      SERVICE_NUMBER: 'Service number called',
      OFFICIAL_NAME_AND_NUMBER: 'Official’s name and phone number',
    },
    S13: grounds.records
      ? 'Some of the calls made to the service numbers are recorded.'
      : 'At present no calls are recorded.',
    S14: 'Recording is done in a predefined manner.',
    S15: 'Because of the primary purpose, it is not necessary to record all calls.',
    S16: 'Recording begins at the call’s start signal and ends at the end signal.',
    S17: `The contact history and the recordings are kept on ${several ? 'servers' : 'a server'} at ${agency.genitive} disposal.`,
    S18: several
      ? 'The servers are in premises with an electronic access-control system.'
      : 'The server is in premises with an electronic access-control system.',
    S19: 'Access to the contact history and the recording system is controlled by means of a personal user ID and password.',
    S20: `Identification data in the contact history are kept for ${monthsEn(terms.historyMonths)}.`,
    S21: `Call recordings are kept for at least ${terms.recordingFloorMonths} and at most ${monthsEn(terms.recordingCeilingMonths)}.`,
    now: keptNowEn(grounds),
    S22: `The recordings are ${agency.genitive} property; they are not disclosed outside ${agency.name}, nor used within it for other purposes.`,
    ...(disclosure.research && {
      S23: `As an exception to this, ${agency.name} may temporarily disclose recordings it has selected to a research institute for assessing the quality level of customer service.`,
      S24: 'The research institute must then undertake that the recordings used in the study are either returned or destroyed immediately after the study has ended.',
      S25: disclosure.pseudonymised
        ? 'Recordings meant for quality-level assessment have been anonymised so that the parties to the call (persons) cannot be identified from them, or pseudonymised so that their voices have been changed and identifying details have been removed from what is said; a speaker may still be recognised by voice from a pseudonymised recording, and the research institute has undertaken to treat pseudonymised recordings as personal data and to identify nobody.'
        : 'Recordings meant for quality-level assessment have been anonymised so that the parties to the call (persons) cannot be identified from them.',
    }),
    ...(disclosure.authority && {
      S26: 'To prevent or investigate a crime or misuse, the controller may disclose recordings and identification data to the police or another competent authority in situations mentioned in law.',
    }),
    S27: rightsGranted(grounds),
    S28: has('OFFICIAL') ? 'Customer-service agents’ access rights are restricted to their own calls.' : undefined,
    S29: alsoListen(has('MAINTENANCE'), has('SECURITY'), agency.genitive),
    S30: 'The calling customer has the right to know whether the call they made has been recorded and to listen to the recorded call.',
    S31: `If a customer wants to inspect the recording or the contact history of their own call, they are asked to contact ${agency.toUnit} of ${agency.name}.`,
    S32: `Listening takes place at a separately agreed office of ${agency.name}.`,
    S33: 'The official who answered the call has the same right.',
    S34: 'The calling customer or the official may, if they so wish, forbid the use of the recording for developing customer service.',
    S35: 'The recording is then destroyed.',
  }
}

function developing(training: boolean, study: boolean): string | undefined {
  const said = joined([training && 'in training of customer-service staff', study && 'in service-level studies'], 'and')
  return said && `For developing customer service, the recordings may be used ${said}.`
}

function crime({ uses, dataSetsOf, description }: Grounds): string | undefined {
  if (!uses('CRIME_OR_MISUSE')) return undefined
  const sets = dataSetsOf('CRIME_OR_MISUSE')
  const what = joined(
    [sets.includes('history') && 'contact history', sets.includes('recordings') && 'recordings'],
    'and',
  )
  const how = description.disclosure.authority
    ? ', as stated below under disclosure of recordings and identification data'
    : ''
  return what && `${capital(what)} may also be used for preventing or investigating a crime or misuse${how}.`
}

export function numbersThereAreEn({ national, regional, switchboard }: Grounds['numbers']): string {
  const service = joined([national && 'national', regional && 'regional'], 'and')
  return joined([service && `${service} service numbers`, switchboard && 'switchboard call numbers'], 'and') ?? ''
}

export function monthsEn(count: number): string {
  return count === 1 ? 'one month' : `${count} months`
}

export function keptNowEn(grounds: Grounds): SeedTexts['now'] {
  const { terms } = grounds.description
  const now = monthsKept(grounds)
  if (now.every((value) => value === terms.recordingCeilingMonths)) return undefined
  const span = `The retention period of the recordings is ${terms.recordingFloorMonths}–${monthsEn(terms.recordingCeilingMonths)}`
  if (now.length === 1) return { lead: `${span}, now ${monthsEn(now[0] ?? 0)}.`, items: [] }
  return {
    lead: `${span}, now:`,
    items: grounds.kept.map((rule) => `${rule.names.en}: ${monthsEn(rule.months)}`),
  }
}

function rightsGranted({ agency, has }: Grounds): string | undefined {
  const duties = joined(
    [
      has('EXPERT', 'QUALITY') && 'assessing and developing the quality of customer service',
      has('EXPERT', 'TRAINING') && 'inducting and training customer-service agents',
    ],
    'or',
  )
  const whom = joined(
    [
      has('SUPERVISOR') && 'the supervisors of customer-service agents',
      duties && `those experts of ${agency.name} whose duties include ${duties}`,
    ],
    'and',
  )
  return (
    whom &&
    `Rights to use the call routing and monitoring system are granted, according to the access-authorisation procedure of ${agency.genitive} information systems, to ${whom}.`
  )
}

function alsoListen(maintenance: boolean, security: boolean, genitive: string): string | undefined {
  const who = joined(
    [
      maintenance && 'persons responsible for the system’s technical maintenance',
      security && `persons of ${genitive} security unit`,
    ],
    'and',
  )
  return who && `${capital(who)} may also listen to recordings and read the contact history.`
}
