import { namePeople } from '#safeguards/people/name-people.ts'
import { listPackages } from '#use/disclosure/packages/list-packages.ts'
import { requestExtension, decideExtension, decideResearch } from '#use/disclosure/research/decide-research.ts'
import { addInstitute, changeInstitute, listInstitutes } from '#use/disclosure/research/institutes.ts'
import {
  beginResearch,
  changeResearch,
  dropItem,
  fileUndertaking,
  pickItem,
  withdrawResearch,
} from '#use/disclosure/research/prepare-research.ts'
import { listResearch, readResearch } from '#use/disclosure/research/read-research.ts'
import { closeResearch, confirmItem, endStudy } from '#use/disclosure/research/return-research.ts'
import { registerOperations, items } from '../answer.ts'
import type { Desk } from '../desk.ts'
import { peopleOfPackage, viewPackage } from './package-view.ts'
import type { Refusal } from '../refuse.ts'
import { peopleOfResearch, viewResearch, viewResearchSummary } from './research-view.ts'
import type { Routes } from '../routes.ts'

/** Disclosures to research institutes, from the first item to the last confirmation (R28-R32, R35). */
export function researchRoutes(app: Routes, desk: Desk): void {
  const { db } = desk

  registerOperations(app, {
    listInstitutes: ({ session }) =>
      items(listInstitutes(db, session), ({ is_blocked, ...row }) => ({ ...row, isBlocked: is_blocked })),
    addInstitute: ({ session, body }) => addInstitute(db, session, body),
    changeInstitute: ({ session, params, body }) => changeInstitute(db, session, params.id, body),

    listResearch: async ({ session, query }) => {
      const listed = await listResearch(db, session, query.state ?? 'open')
      if ('refused' in listed) return listed
      const person = await namePeople(desk.db, listed.flatMap(peopleOfResearch))
      return { items: listed.map((one) => viewResearchSummary(one, person)) }
    },

    readResearch: async ({ session, params }) => {
      const found = await readResearch(db, session, params.id)
      if ('refused' in found) return found
      const packages = await listPackages(db, session, [params.id])
      const person = await namePeople(desk.db, [...peopleOfResearch(found), ...packages.flatMap(peopleOfPackage)])
      return { ...viewResearch(found, person), packages: packages.map((one) => viewPackage(one, person)) }
    },

    beginResearch: ({ session, body }) => withDay(body, 'dueOn', (input) => beginResearch(db, session, input)),
    changeResearch: ({ session, params, body }) =>
      withDay(body, 'dueOn', (input) => changeResearch(db, session, params.id, input)),
    withdrawResearch: ({ session, params }) => withdrawResearch(db, session, params.id),
    pickItem: ({ session, params, body }) => pickItem(db, session, params.id, body.recordingId),
    dropItem: ({ session, params }) => dropItem(db, session, params.id, params.item),
    fileUndertaking: ({ session, params, body }) =>
      withDay(body, 'signedOn', (input) => fileUndertaking(db, session, params.id, input)),
    decideResearch: ({ session, params, body }) => decideResearch(db, session, params.id, body),

    endStudy: ({ session, params, body }) =>
      withDay(body, 'endedOn', ({ endedOn }) => endStudy(db, session, params.id, endedOn)),
    confirmItem: ({ session, params, body }) => confirmItem(db, session, params.id, params.item, body),
    closeResearch: ({ session, params }) => closeResearch(db, session, params.id),
    askExtension: ({ session, params, body }) =>
      withDay(body, 'dueOn', (input) => requestExtension(db, session, params.id, input)),
    decideExtension: ({ session, params, body }) => decideExtension(db, session, params.id, body.outcome),
  })
}

/** Converts the day in a field of the body and calls `act`; refuses years before 2000, which are typing errors. */
function withDay<Field extends string, Body extends Record<Field, string>, Done>(
  body: Body,
  field: Field,
  act: (input: Omit<Body, Field> & Record<Field, Temporal.PlainDate>) => Done,
): Done | Refusal {
  const day = Temporal.PlainDate.from(body[field])
  return day.year >= 2000 ? act({ ...body, [field]: day }) : { refused: 'input.invalid', field }
}
