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
  refusals,
  Trilingual,
  uuid,
  written,
} from './shapes.ts'

const names = Type.Object(
  { fi: written(100, 'In Finnish'), sv: written(100, 'In Swedish'), en: written(100, 'In English') },
  closed,
)

export const Need = literals(
  ['INTERPRETER', 'TRANSCRIPT', 'STEP_FREE', 'HEARING_LOOP'],
  'What the listener needs: an interpreter, the call in writing, no steps, a hearing loop',
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
  isClosed: Type.Boolean({ description: 'Takes no more appointments' }),
  workstations: Type.Array(Workstation),
  freeSlots: Type.Integer({ minimum: 0, description: 'Times ahead that nobody has booked' }),
})
export type Office = Static<typeof Office>

export const Slot = Type.Object({
  id: uuid('The time'),
  office: Type.Object({ id: uuid('The office'), names: Trilingual, address: Trilingual }),
  startsAt: instant('From'),
  endsAt: instant('Until'),
  host: person('The official who receives the listener and signs in personally'),
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
    'Ahead; heard; nobody came; moved to another time; withdrawn; what was to be heard was destroyed before',
  ),
  bookedAt: instant('Booked'),
  isUrgent: Type.Boolean({ description: 'Three days or less until a recording is destroyed, and not heard yet' }),
  latest: Type.Optional(instant('Appointments lie before this')),
  canBeOpened: Type.Boolean({ description: 'Now, by the viewer as host, at a workstation of its office' }),
})
export type Appointment = Static<typeof Appointment>

export const Room = Type.Object(
  {
    appointmentId: uuid('The appointment'),
    requestNumber: Type.String({ description: 'The reference of the listenings' }),
    language: literals(['fi', 'sv', 'en'], 'The listener’s language'),
    until: instant('The end of the slot: nothing plays after it'),
    confirms: Type.Boolean({
      description: 'The host has a password and can say here that it was heard; else it is noted at the desk',
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
            recordingId: uuid('To be heard'),
            official: Type.Optional(Type.String({ description: 'The official’s name at the time of the call' })),
            answeredAt: instant('Start signal'),
            endedAt: Type.Optional(instant('End signal')),
            canBeHeard: Type.Boolean(),
          }),
        ),
      }),
    ),
  },
  { description: 'The listening mode: this person’s calls, this slot, this office, and no way to anything else' },
)
export type Room = Static<typeof Room>

export const officeOperations = {
  listOffices: {
    route: 'GET /api/offices',
    summary: 'Offices at which recordings are listened to, and who may be host there',
    response: {
      200: Type.Object({
        items: Type.Array(Office),
        hosts: Type.Array(person('May be host: holds the Service Unit’s right')),
      }),
      ...refusals,
    },
  },
  enterOffice: {
    route: 'POST /api/offices',
    summary: 'Enter an office',
    body: Type.Object({ names, address: names }, closed),
    response: { 201: Type.Object({ id: uuid('The office') }), ...refusals },
  },
  changeOffice: {
    route: 'PUT /api/offices/:id',
    summary: 'Change an office, or close it for new appointments',
    body: Type.Object({ names, address: names, isClosed: Type.Boolean() }, closed),
    response: noContent,
  },
  listSlots: {
    route: 'GET /api/slots',
    summary: 'The times of the offices, from one day to another',
    querystring: Type.Object(
      {
        from: Type.String({ format: 'date' }),
        to: Type.String({ format: 'date' }),
        officeId: Type.Optional(uuid('One office')),
      },
      closed,
    ),
    response: { 200: Type.Object({ items: Type.Array(Slot) }), ...refusals },
  },
  addSlots: {
    route: 'POST /api/offices/:id/slots',
    summary:
      'Add times on a day, one after another; those that overlap another of the office or of the host are refused',
    body: Type.Object(
      {
        day: Type.String({ format: 'date' }),
        from: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
        to: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
        minutes: Type.Integer({ minimum: 15, maximum: 240, description: 'How long each is' }),
        hostId: uuid('The host'),
      },
      closed,
    ),
    response: { 201: Type.Object({ added: Type.Integer() }), 409: refusals[400], ...refusals },
  },
  removeSlot: {
    route: 'DELETE /api/slots/:id',
    summary: 'Take back a time that nobody has booked',
    response: noContent,
  },
  listFreeSlots: {
    route: 'GET /api/requests/:id/slots',
    summary: 'Times that a requester can be offered: free, and before the first end of what is to be heard (R47)',
    response: {
      200: Type.Object({
        items: Type.Array(Slot),
        latest: Type.Optional(instant('They lie before this')),
        needs: Type.Array(Need, { description: 'What the description in force lets be offered' }),
      }),
      ...refusals,
    },
  },
  bookAppointment: {
    route: 'POST /api/requests/:id/appointments',
    summary: 'Book a time for the matched calls of a request; one that is booked already is moved',
    body: Type.Object(
      {
        slotId: uuid('A free time'),
        needs: Type.Array(Need, { uniqueItems: true }),
        interpreterLanguage: Type.Optional(written(60, 'With INTERPRETER')),
      },
      closed,
    ),
    response: { 201: Type.Object({ id: uuid('The appointment') }), 409: refusals[400], ...refusals },
  },
  bookNow: {
    route: 'POST /api/requests/:id/appointments/now',
    summary:
      'Somebody stands at the door: a time that begins now, with the viewer as host, made and booked in one step',
    body: Type.Object(
      {
        officeId: uuid('Where the viewer receives them'),
        minutes: Type.Integer({ minimum: 15, maximum: 240, description: 'How long it lasts' }),
        needs: Type.Array(Need, { uniqueItems: true }),
        interpreterLanguage: Type.Optional(written(60, 'With INTERPRETER')),
      },
      closed,
    ),
    response: { 201: Type.Object({ id: uuid('The appointment') }), 409: refusals[400], ...refusals },
  },
  noteOutcome: {
    route: 'POST /api/appointments/:id/outcome',
    summary: 'Note what came of an appointment; what waited for it is destroyed',
    body: Type.Object({ outcome: literals(['HEARD', 'NO_SHOW', 'WITHDRAWN'], 'What came of it') }, closed),
    response: noContent,
  },
  listAppointments: {
    route: 'GET /api/appointments',
    summary: 'Appointments from one day to another, and those past without an outcome',
    querystring: Type.Object(
      {
        from: Type.String({ format: 'date' }),
        to: Type.String({ format: 'date' }),
        whose: Type.Optional(literals(['mine', 'all'], 'Where the viewer is host')),
      },
      closed,
    ),
    response: { 200: Type.Object({ items: Type.Array(Appointment) }), ...refusals },
  },
  makeWorkstationCode: {
    route: 'POST /api/offices/:id/workstation-codes',
    summary: 'A code with which a workstation of an office is enrolled, once and within fifteen minutes',
    body: Type.Object({ name: written(60, 'What the workstation is called: Huone 2') }, closed),
    response: { 201: Type.Object({ code: Type.String(), expiresAt: instant('Until') }), ...refusals },
  },
  enrolWorkstation: {
    route: 'POST /api/workstation',
    config: fewAttempts,
    summary: 'Make this browser the listening workstation of an office',
    body: Type.Object({ code: Type.String({ minLength: 6, maxLength: 20 }) }, closed),
    response: { 200: Type.Object({ office: Trilingual, name: Type.String() }), ...refusals },
  },
  readWorkstation: {
    route: 'GET /api/workstation',
    summary: 'Which office’s listening workstation this browser is, and today’s appointments of the viewer there',
    response: {
      200: Type.Object({
        workstation: Type.Optional(
          Type.Object({ officeId: uuid('The office'), office: Trilingual, name: Type.String() }),
        ),
        appointments: Type.Array(Appointment),
      }),
      ...refusals,
    },
  },
  endWorkstation: {
    route: 'DELETE /api/workstations/:id',
    summary: 'A workstation is one no more',
    response: noContent,
  },
  openRoom: {
    route: 'POST /api/room',
    summary: 'Begin the listening mode: the host’s session serves this appointment alone, and ends with it',
    body: Type.Object(
      { appointmentId: uuid('An appointment of the viewer, now, at this workstation’s office') },
      closed,
    ),
    response: { 200: Room, 409: refusals[400], ...refusals },
  },
  readRoom: {
    route: 'GET /api/room',
    summary: 'The listening mode that this session is in',
    response: { 200: Room, ...refusals },
  },
  closeRoom: {
    route: 'POST /api/room/close',
    summary: 'End the listening mode, and with it the session',
    body: Type.Object(
      {
        outcome: Type.Optional(
          literals(['HEARD'], 'It was heard, as the host says; none: to be gone on with in this slot'),
        ),
        password: Type.Optional(Type.String({ maxLength: 1024, description: 'With HEARD: the host’s own' })),
      },
      closed,
    ),
    response: {
      200: Type.Object({
        url: Type.Optional(
          Type.String({
            description: 'Where the host, who came by way of the identity provider, is signed out there too',
          }),
        ),
      }),
      409: refusals[400],
      ...refusals,
    },
  },
} as const
