/**
 * Listening at an agreed office: offices, their times and workstations, appointments, the listening mode (R47, R48).
 * Answered in ../requests/office-routes.ts and ../requests/room-routes.ts.
 */
import Type, { type Static } from 'typebox'
import {
  closed,
  fewAttempts,
  instant,
  literals,
  noContent,
  person,
  Trilingual,
  uuid,
  written,
  ErrorBody,
} from './shapes.ts'

const names = Type.Object(
  { fi: written(100, 'In Finnish'), sv: written(100, 'In Swedish'), en: written(100, 'In English') },
  closed,
)

export const Need = literals(
  ['INTERPRETER', 'TRANSCRIPT', 'STEP_FREE', 'HEARING_LOOP'],
  'Needs of the listener: an interpreter, a transcript, step-free access, a hearing loop',
)
export type Need = Static<typeof Need>

export const Workstation = Type.Object({
  id: uuid('The workstation'),
  name: Type.String(),
  enrolledAt: instant('Enrolled'),
  lastSeenAt: Type.Optional(instant('Last used')),
})

export const Office = Type.Object({
  id: uuid('The office'),
  names: Trilingual,
  address: Trilingual,
  isClosed: Type.Boolean({ description: 'True if it accepts no more appointments' }),
  workstations: Type.Array(Workstation),
  freeSlots: Type.Integer({ minimum: 0, description: 'Number of free future slots' }),
  bookedSlots: Type.Integer({ minimum: 0, description: 'Number of appointments booked there that have not ended' }),
})
export type Office = Static<typeof Office>

export const Slot = Type.Object({
  id: uuid('The slot'),
  office: Type.Object({ id: uuid('The office'), names: Trilingual, address: Trilingual }),
  startsAt: instant('From'),
  endsAt: instant('Until'),
  host: person('The official who receives the listener, and signs in'),
  isBooked: Type.Boolean(),
})
export type Slot = Static<typeof Slot>

export const Appointment = Type.Object({
  id: uuid('The appointment'),
  requestId: uuid('The request'),
  requestNumber: Type.String(),
  language: literals(['fi', 'sv', 'en'], 'The listener’s language'),
  slot: Slot,
  needs: Type.Array(Need),
  interpreterLanguage: Type.Optional(Type.String()),
  state: literals(
    ['BOOKED', 'HEARD', 'NO_SHOW', 'MOVED', 'WITHDRAWN', 'OVER'],
    'BOOKED: in the future; HEARD; NO_SHOW: nobody came; MOVED: to another slot; WITHDRAWN; OVER: the recordings were destroyed before',
  ),
  bookedAt: instant('Booked'),
  isUrgent: Type.Boolean({ description: 'True if a recording is destroyed within three days and not heard yet' }),
  latest: Type.Optional(instant('Latest end of an appointment')),
  canBeOpened: Type.Boolean({
    description: 'True if the viewer, as host, can open it now at a workstation of the office',
  }),
})
export type Appointment = Static<typeof Appointment>

export const Room = Type.Object(
  {
    appointmentId: uuid('The appointment'),
    requestNumber: Type.String({ description: 'Number of the request, the reference of the listenings' }),
    language: literals(['fi', 'sv', 'en'], 'The listener’s language'),
    until: instant('End of the slot; nothing can be played after it'),
    confirms: Type.Boolean({
      description:
        'True if the host has a password and can record here that it was heard; otherwise it is recorded at the desk',
    }),
    calls: Type.Array(
      Type.Object({
        ordinal: Type.Integer(),
        startedAt: instant('Start'),
        endedAt: Type.Optional(instant('End')),
        number: Type.String({ description: 'The service number called' }),
        numberName: Type.Optional(Trilingual),
        parts: Type.Array(
          Type.Object({
            recordingId: uuid('Recording to listen to'),
            official: Type.Optional(Type.String({ description: 'The official’s name at the time of the call' })),
            answeredAt: instant('Start of the segment'),
            endedAt: Type.Optional(instant('End of the segment')),
            canBeHeard: Type.Boolean(),
          }),
        ),
      }),
    ),
  },
  { description: 'The listening mode: gives access only to this person’s calls, in this slot and at this office' },
)
export type Room = Static<typeof Room>

export const officeOperations = {
  listOffices: {
    route: 'GET /api/offices',
    summary: 'List offices where people listen to recordings, and the possible hosts',
    response: {
      200: Type.Object({
        items: Type.Array(Office),
        hosts: Type.Array(person('Possible hosts: holders of the Service Unit’s right')),
      }),
    },
  },
  enterOffice: {
    route: 'POST /api/offices',
    summary: 'Enter an office',
    body: { names, address: names },
    response: { 201: Type.Object({ id: uuid('The office') }) },
  },
  changeOffice: {
    route: 'PUT /api/offices/:id',
    summary: 'Change an office, or close it to new appointments',
    body: { names, address: names, isClosed: Type.Boolean() },
    response: noContent,
  },
  listSlots: {
    route: 'GET /api/slots',
    summary: 'List the slots of the offices in a period',
    querystring: {
      from: Type.String({ format: 'date' }),
      to: Type.String({ format: 'date' }),
      officeId: Type.Optional(uuid('One office')),
    },
    response: { 200: Type.Object({ items: Type.Array(Slot) }) },
  },
  addSlots: {
    route: 'POST /api/offices/:id/slots',
    summary: 'Add consecutive slots on a day; slots that overlap another of the office or of the host are refused',
    body: {
      day: Type.String({ format: 'date' }),
      from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
      to: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
      minutes: Type.Integer({ minimum: 15, maximum: 240, description: 'Minutes of each slot' }),
      hostId: uuid('The host'),
    },
    response: { 201: Type.Object({ added: Type.Integer() }), 409: ErrorBody },
  },
  removeSlot: {
    route: 'DELETE /api/slots/:id',
    summary: 'Delete a free slot',
    response: noContent,
  },
  listFreeSlots: {
    route: 'GET /api/requests/:id/slots',
    summary: 'List slots to offer to a requester: free, and before the first destruction of their recordings (R47)',
    response: {
      200: Type.Object({
        items: Type.Array(Slot),
        latest: Type.Optional(instant('Latest end of a slot')),
        needs: Type.Array(Need, { description: 'Needs that the description in force allows' }),
      }),
    },
  },
  bookAppointment: {
    route: 'POST /api/requests/:id/appointments',
    summary: 'Book a slot for the matched calls of a request; an existing appointment is moved',
    body: {
      slotId: uuid('A free slot'),
      needs: Type.Array(Need, { uniqueItems: true }),
      interpreterLanguage: Type.Optional(written(60, 'With INTERPRETER')),
    },
    response: { 201: Type.Object({ id: uuid('The appointment') }), 409: ErrorBody },
  },
  bookNow: {
    route: 'POST /api/requests/:id/appointments/now',
    summary: 'Create and book a slot that begins now, with the viewer as host, for a requester without an appointment',
    body: {
      officeId: uuid('Office'),
      minutes: Type.Integer({ minimum: 15, maximum: 240, description: 'Minutes of the slot' }),
      needs: Type.Array(Need, { uniqueItems: true }),
      interpreterLanguage: Type.Optional(written(60, 'With INTERPRETER')),
    },
    response: { 201: Type.Object({ id: uuid('The appointment') }), 409: ErrorBody },
  },
  noteOutcome: {
    route: 'POST /api/appointments/:id/outcome',
    summary: 'Record the outcome of an appointment; recordings whose destruction waited for it are destroyed',
    body: { outcome: literals(['HEARD', 'NO_SHOW', 'WITHDRAWN'], 'Outcome') },
    response: noContent,
  },
  listAppointments: {
    route: 'GET /api/appointments',
    summary: 'List appointments in a period, and past ones without an outcome',
    querystring: {
      from: Type.String({ format: 'date' }),
      to: Type.String({ format: 'date' }),
      whose: Type.Optional(literals(['mine', 'all'], 'Default: all')),
    },
    response: { 200: Type.Object({ items: Type.Array(Appointment) }) },
  },
  makeWorkstationCode: {
    route: 'POST /api/offices/:id/workstation-codes',
    summary: 'Create a code for enrolling a workstation of an office, valid once and for fifteen minutes',
    body: { name: written(60, 'Name of the workstation, such as Huone 2') },
    response: { 201: Type.Object({ code: Type.String(), expiresAt: instant('Until') }) },
  },
  enrolWorkstation: {
    route: 'POST /api/workstation',
    config: fewAttempts,
    summary: 'Make this browser the listening workstation of an office',
    body: { code: Type.String({ minLength: 6, maxLength: 20 }) },
    response: { 200: Type.Object({ office: Trilingual, name: Type.String() }) },
  },
  readWorkstation: {
    route: 'GET /api/workstation',
    summary:
      'Read the office of which this browser is a listening workstation, and the viewer’s appointments there today',
    response: {
      200: Type.Object({
        workstation: Type.Optional(
          Type.Object({ officeId: uuid('The office'), office: Trilingual, name: Type.String() }),
        ),
        appointments: Type.Array(Appointment),
      }),
    },
  },
  endWorkstation: {
    route: 'DELETE /api/workstations/:id',
    summary: 'Remove a workstation',
    response: noContent,
  },
  openRoom: {
    route: 'POST /api/room',
    summary: 'Begin the listening mode: the host’s session is restricted to this appointment, and ends with it',
    body: { appointmentId: uuid('Present appointment of the viewer at this workstation’s office') },
    response: { 200: Room, 409: ErrorBody },
  },
  readRoom: {
    route: 'GET /api/room',
    summary: 'Read the listening mode of this session',
    response: { 200: Room },
  },
  closeRoom: {
    route: 'POST /api/room/close',
    summary: 'End the listening mode and the session',
    body: {
      outcome: Type.Optional(
        literals(['HEARD'], 'HEARD: the host confirms that it was heard; absent: can be continued in this slot'),
      ),
      password: Type.Optional(Type.String({ maxLength: 1024, description: 'With HEARD: the host’s password' })),
    },
    response: {
      200: Type.Object({
        url: Type.Optional(
          Type.String({
            description: 'URL for signing out at the identity provider, if the host signed in there',
          }),
        ),
      }),
      409: ErrorBody,
    },
  },
} as const
