/**
 * Calls and their recordings: search, one call, listening, ongoing calls (R10, R21, R26). Answered in
 * ../calls/contact-routes.ts, ../calls/listening-routes.ts and ../calls/call-events.ts.
 */
import Type from 'typebox'
import * as schema from './schemas.ts'

export const callOperations = {
  listContacts: {
    route: 'GET /api/contacts',
    access: 'view',
    summary: 'Search the contact history under a purpose',
    querystring: schema.ContactsQuery,
    response: { 200: schema.ContactsPage },
  },
  readContact: {
    route: 'GET /api/contacts/:id',
    access: 'view',
    summary: 'Read a contact with its segments',
    querystring: schema.UnderPurposeOrPrimary,
    response: { 200: schema.ContactDetail },
  },
  revealCaller: {
    route: 'POST /api/contacts/:id/caller',
    access: 'view',
    summary: 'Reveal the caller’s number; logged',
    body: schema.UnderPurpose,
    response: { 200: schema.RevealedCaller },
  },
  startListening: {
    route: 'POST /api/recordings/:id/listenings',
    access: 'view',
    summary: 'Begin a listening under a purpose',
    body: schema.UnderPurpose,
    response: { 201: schema.Listening },
  },
  endListening: {
    route: 'DELETE /api/listenings/:id',
    summary: 'End a listening',
    response: { 204: Type.Null() },
  },
  followListening: {
    route: 'GET /api/listenings/:id/events',
    summary:
      'Stream the validity of a listening as server-sent events: "holds" each second, and at the end "ended" with data ListeningEnd',
    response: {
      200: {
        description: 'text/event-stream of ListeningEnd',
        content: { 'text/event-stream': { schema: schema.ListeningEnd } },
      },
    },
  },
  paceListening: {
    route: 'PUT /api/listenings/:id/speed',
    summary: 'Set the playback rate; audio is served no faster',
    body: schema.ListeningSpeed,
    response: { 204: Type.Null() },
  },
  readAudio: {
    route: 'GET /api/listenings/:id/audio',
    access: 'asks-itself',
    summary:
      'Read a range of a listening’s audio; a 206 may be shorter than requested, and is delayed to the playback rate',
    response: {
      206: {
        description: 'audio/wav, PCM16, 8 kHz, stereo',
        content: { 'audio/wav': { schema: { type: 'string', format: 'binary' } } },
      },
      416: schema.ErrorBody,
    },
  },
  readPeaks: {
    route: 'GET /api/listenings/:id/peaks',
    summary: 'Waveform peaks',
    response: { 200: schema.Peaks },
  },
  listNumbers: {
    route: 'GET /api/numbers',
    summary: 'List the service numbers',
    response: { 200: Type.Object({ items: Type.Array(schema.ServiceNumber) }) },
  },
  watchCalls: {
    route: 'GET /api/calls',
    access: 'view',
    summary:
      'Stream calls in progress as server-sent events: event "calls" with data LiveCalls, at once and after each change',
    querystring: schema.UnderPurposeOrPrimary,
    response: {
      200: {
        description: 'text/event-stream of LiveCalls',
        content: { 'text/event-stream': { schema: schema.LiveCalls } },
      },
    },
  },
} as const
