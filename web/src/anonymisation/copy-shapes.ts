/** Types of the API for anonymised copies (R33), and the order in which the pages list tracks and reasons. */
import type { paths } from '../api/paths.ts'

type Read<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

export type AnonymisedCopy = Read<'/api/anonymised-copies/{id}'>
export type PrivacyReport = Read<'/api/anonymised-copies/{id}/report'>
export type CopyTurn = AnonymisedCopy['turns'][number]
export type CopyRedaction = AnonymisedCopy['redactions'][number]
export type CopyLack = AnonymisedCopy['lacks'][number]
export type LevelChoice = AnonymisedCopy['levels'][number]
export type Level = AnonymisedCopy['level']
export type Track = CopyTurn['track']
export type Reason = CopyRedaction['reason']
export type TurnLanguage = CopyTurn['language']
export type CopyPlayback =
  paths['/api/anonymised-copies/{id}/hearings']['post']['responses'][201]['content']['application/json']

/** In the order of the tracks. */
export const tracks = ['CALLER', 'OFFICIAL'] as const satisfies readonly Track[]

/** In the order of the choice list and of the contract. */
export const reasons = [
  'NAME',
  'IDENTITY_CODE',
  'ADDRESS',
  'PHONE',
  'ACCOUNT',
  'BUSINESS_ID',
  'CASE_NUMBER',
  'PLATE',
  'DATE_OF_BIRTH',
  'OTHER',
] as const satisfies readonly Reason[]

/** Text keys of the tracks' names. */
export const trackWords = { CALLER: 'listening.player.caller', OFFICIAL: 'listening.player.official' } as const
