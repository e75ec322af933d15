/**
 * Every operation of the API: method, path, and the schemas of what comes in and goes out. Handlers elsewhere fill
 * these in; the OpenAPI document is made of nothing else.
 */
import Type from 'typebox'
import { accountOperations } from './account.ts'
import { anonymisedCopyOperations } from './anonymised-copies.ts'
import { authorityOperations } from './authority.ts'
import { captureSeenOperations } from './capture-seen.ts'
import { described } from './described.ts'
import { descriptionOperations } from './description.ts'
import { directoryOperations } from './directory.ts'
import { disclosureLogOperations } from './disclosure-log.ts'
import { endOperations } from './ends.ts'
import { instituteOperations } from './institutes.ts'
import { letterOperations } from './letters.ts'
import { logOperations } from './log.ts'
import { myCallsOperations } from './my-calls.ts'
import { officeOperations } from './offices.ts'
import { packageOperations } from './packages.ts'
import { provenSignInOperations } from './passkeys.ts'
import { pendingDisclosureOperations } from './pending-disclosures.ts'
import { pendingRightOperations } from './pending-rights.ts'
import { planOperations } from './plan.ts'
import { qualityFormOperations } from './quality-forms.ts'
import { qualityOperations } from './quality.ts'
import { requestActOperations } from './request-acts.ts'
import { requestCallOperations } from './request-calls.ts'
import { requestStatisticsOperations } from './request-statistics.ts'
import { requestOperations } from './requests.ts'
import { reconciliationOperations } from './reconciliation.ts'
import { referralOperations } from './referrals.ts'
import { researchOperations } from './research.ts'
import { retentionOperations } from './retention.ts'
import { rightsOperations } from './rights.ts'
import * as schema from './schemas.ts'
import { refusals } from './shapes.ts'
import { studyOperations } from './studies.ts'
import { trainingOperations } from './training.ts'
import { watchOperations } from './watch.ts'

export const operations = described({
  ...captureSeenOperations,
  ...descriptionOperations,
  ...directoryOperations,
  ...planOperations,
  ...studyOperations,
  ...accountOperations,
  ...provenSignInOperations,
  ...rightsOperations,
  ...logOperations,
  ...watchOperations,
  ...reconciliationOperations,
  ...retentionOperations,
  ...endOperations,
  ...requestOperations,
  ...requestCallOperations,
  ...requestStatisticsOperations,
  ...officeOperations,
  ...letterOperations,
  ...pendingDisclosureOperations,
  ...pendingRightOperations,
  ...requestActOperations,
  ...myCallsOperations,
  ...instituteOperations,
  ...researchOperations,
  ...anonymisedCopyOperations,
  ...packageOperations,
  ...authorityOperations,
  ...disclosureLogOperations,
  ...referralOperations,
  ...qualityFormOperations,
  ...qualityOperations,
  ...trainingOperations,
  readOrganisation: {
    route: 'GET /api/organisation',
    access: 'anyone',
    summary: 'Whose register this is; needs no session',
    response: { 200: schema.Organisation, ...refusals },
  },
  listContacts: {
    route: 'GET /api/contacts',
    access: 'look',
    summary: 'Search the contact history under a purpose',
    querystring: schema.ContactsQuery,
    response: { 200: schema.ContactsPage, ...refusals },
  },
  readContact: {
    route: 'GET /api/contacts/:id',
    access: 'look',
    summary: 'One contact with its segments',
    querystring: schema.UnderPurposeOrPrimary,
    response: { 200: schema.ContactDetail, ...refusals },
  },
  revealCaller: {
    route: 'POST /api/contacts/:id/caller',
    access: 'look',
    summary: 'Reveal the caller’s number; the reveal is logged',
    body: schema.UnderPurpose,
    response: { 200: schema.RevealedCaller, ...refusals },
  },
  startListening: {
    route: 'POST /api/recordings/:id/listenings',
    access: 'look',
    summary: 'Begin a listening under a purpose',
    body: schema.UnderPurpose,
    response: { 201: schema.Listening, ...refusals },
  },
  endListening: {
    route: 'DELETE /api/listenings/:id',
    summary: 'End a listening',
    response: { 204: Type.Null(), ...refusals },
  },
  followListening: {
    route: 'GET /api/listenings/:id/events',
    summary:
      'Whether a listening still holds, as server-sent events: event "holds" each second, event "ended" with data ListeningEnd as the last',
    response: {
      200: {
        description: 'text/event-stream of ListeningEnd',
        content: { 'text/event-stream': { schema: schema.ListeningEnd } },
      },
      ...refusals,
    },
  },
  paceListening: {
    route: 'PUT /api/listenings/:id/speed',
    summary: 'How fast the listening is listened to; its audio is served no faster',
    body: schema.ListeningSpeed,
    response: { 204: Type.Null(), ...refusals },
  },
  readAudio: {
    route: 'GET /api/listenings/:id/audio',
    access: 'asks-itself',
    summary:
      'A range of the audio of a listening; a 206 may be shorter than asked, and comes as late as it can be heard',
    response: {
      206: {
        description: 'audio/wav, PCM16, 8 kHz, stereo',
        content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
      },
      416: schema.ErrorBody,
      ...refusals,
    },
  },
  readPeaks: {
    route: 'GET /api/listenings/:id/peaks',
    summary: 'Waveform peaks',
    response: { 200: schema.Peaks, ...refusals },
  },
  listNumbers: {
    route: 'GET /api/numbers',
    summary: 'The number registry',
    response: { 200: Type.Object({ items: Type.Array(schema.ServiceNumber) }), ...refusals },
  },
  watchCalls: {
    route: 'GET /api/calls',
    access: 'look',
    summary: 'Calls in progress, as server-sent events: event "calls", data LiveCalls, at once and after each change',
    querystring: schema.UnderPurposeOrPrimary,
    response: {
      200: {
        description: 'text/event-stream of LiveCalls',
        content: { 'text/event-stream': { schema: schema.LiveCalls } },
      },
      ...refusals,
    },
  },
})
