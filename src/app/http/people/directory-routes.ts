import { displayPhoneNumber } from '#description/phone-numbers/display-phone-number.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { NumberingOptions } from '#description/phone-numbers/phone-number.ts'
import type { DirectoryRefusal } from '#safeguards/people/directory-refusal.ts'
import { importPeople } from '#safeguards/people/import/import-people.ts'
import { changePerson, enterIntoDirectory } from '#safeguards/people/change-people.ts'
import { InvalidPeopleCursor, listPeople } from '#safeguards/people/list-people.ts'
import { readPerson } from '#safeguards/people/read-person.ts'
import { listUnits } from '#safeguards/people/units.ts'
import type { Session } from '#safeguards/people/session.ts'
import { dayAt, dayBegins, dayEnds } from '#safeguards/people/written-values.ts'
import { registerOperations } from '../answer.ts'
import { describedNow, type Desk } from '../desk.ts'
import { viewPerson, viewSummary } from './directory-view.ts'
import type { Refusal } from '../refuse.ts'
import type { Routes } from '../routes.ts'

const pageSize = 50

/** Routes for the directory: find, read, enter, change and import people. */
export function directoryRoutes(app: Routes, desk: Desk): void {
  const numbering = () => describedNow(desk).numbering

  registerOperations(app, {
    listPeople: async ({ session, query }) => {
      const { q: text, employed = 'now', limit = pageSize, ...search } = query
      const phoneKey = text === undefined ? null : normalisePhoneNumber(text, numbering()).key
      const filters = { ...search, text, employed, limit, ...(phoneKey && { phoneKey }) }
      try {
        const page = await listPeople(desk.db, session, filters, desk.clock.now())
        if ('refused' in page) return page
        return { ...page, items: page.items.map((person) => viewSummary(person, numbering())) }
      } catch (error) {
        if (!(error instanceof InvalidPeopleCursor)) throw error
        return { refused: 'input.invalid', message: error.message, field: 'cursor' }
      }
    },

    readPerson: ({ session, params }) => personOf(session, params.id),

    enterPerson: async ({ session, body }, reply) => {
      const { phone, employedFrom, employedTo, ...person } = body
      const [first, last] = [readDay(employedFrom), readDay(employedTo)]
      if (!first) return { refused: 'person.not-a-day', field: 'employedFrom' }
      if (last && Temporal.PlainDate.compare(last, first) < 0) {
        return { refused: 'person.ends-before-it-begins', field: 'employedTo' }
      }
      const input = {
        ...person,
        employedFrom: dayBegins(first),
        ...(last && { employedTo: dayEnds(last) }),
        ...(phone !== undefined && phone.trim() !== '' && { phones: [phone] }),
      }
      const entered = await enterIntoDirectory(desk.db, { session }, input, numbering())
      if ('refused' in entered) return refusalOf(entered, numbering(), 'phone')
      if (entered.waits) void reply.code(202)
      return personOf(session, entered.id, entered.waits)
    },

    changePerson: async ({ session, params, body }, reply) => {
      const { from, addPhone, endPhone, employedTo, ...change } = body
      const [first, last] = [readDay(from), readDay(employedTo)]
      if (!first) return { refused: 'person.not-a-day', field: 'from' }
      if (employedTo && !last) return { refused: 'person.not-a-day', field: 'employedTo' }
      const input = {
        ...change,
        from: dayBegins(first),
        ...(addPhone && { addPhones: [addPhone] }),
        ...(endPhone && { endPhones: [endPhone] }),
        ...(employedTo !== undefined && { employedTo: last ? dayEnds(last) : null }),
      }
      const changed = await changePerson(desk.db, { session }, params.id, input, numbering())
      if ('refused' in changed) return refusalOf(changed, numbering(), addPhone ? 'addPhone' : 'endPhone')
      if (changed.waits) void reply.code(202)
      return personOf(session, params.id, changed.waits)
    },

    importPeople: async ({ session, body: { content, tryOnly } }) => {
      const file = { content: Buffer.from(content, 'base64'), tryOnly, numbering: numbering(), now: desk.clock.now() }
      const result = await importPeople(desk.db, { session }, file)
      if (!('refused' in result) || result.refused === 'import.refused') return result
      return refusalOf(result, numbering(), 'phone')
    },

    listUnits: async () => ({ items: await listUnits(desk.db) }),
  })

  async function personOf(session: Session, id: string, waits = false) {
    const now = desk.clock.now()
    const found = await readPerson(desk.db, session, id, now)
    return 'refused' in found ? found : { ...viewPerson(found, numbering(), now), waits: waits || undefined }
  }
}

/** Returns the directory's refusal with its details. */
function refusalOf(refusal: DirectoryRefusal, numbering: NumberingOptions, phoneField: string): Refusal {
  const { refused } = refusal
  switch (refused) {
    case 'person.phone-taken': {
      const number = displayPhoneNumber(refusal.phoneKey, numbering)
      const until = refusal.until
        ? ` until ${dayAt(refusal.until.subtract({ nanoseconds: 1 })).toString()}`
        : ' until further notice'
      const message = `${number} is the number of ${refusal.by.name} from ${dayAt(refusal.from).toString()}${until}.`
      return { refused, message, field: phoneField }
    }
    case 'person.not-a-number':
      return { refused, field: phoneField }
    case 'person.user-id-taken':
    case 'person.not-personal':
      return { refused, field: 'userId' }
    case 'person.name-missing':
      return { refused, field: 'name' }
    case 'person.unknown-supervisor':
    case 'person.circle':
      return { refused, field: 'supervisor' }
    default:
      return { refused, field: 'field' in refusal ? refusal.field : undefined }
  }
}

function readDay(text: string | undefined): Temporal.PlainDate | undefined {
  try {
    return text ? Temporal.PlainDate.from(text, { overflow: 'reject' }) : undefined
  } catch {
    return undefined
  }
}
