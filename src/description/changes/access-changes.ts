import { inEach } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { type Purpose } from '../purposes.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { type RolePurpose, type RoleRights } from '../roles.ts'
import { listText } from '../value-texts.ts'
import {
  aspectOf,
  changed,
  changedList,
  changedTexts,
  matchByName,
  named,
  sentence,
  type ChangeValue,
} from './change-value.ts'
import * as words from './words.ts'

/** Returns the changes of purposes and roles (R3-R6, R36-R41). */
export function accessChanges(before: RegisterDescription, after: RegisterDescription): Change[] {
  const purposeName = (purpose: Purpose): ChangeValue =>
    [...after.purposes, ...before.purposes].find((described) => described.purpose === purpose)?.names ?? purpose
  return [...purposeChanges(before, after), ...roleChanges(before, after, purposeName)]
}

function purposeChanges({ purposes: from }: RegisterDescription, { purposes: to }: RegisterDescription): Change[] {
  const { kind, dataSets, legalBasis } = words.purposeFields
  const { added, removed, matched } = matchByName(from, to, ({ purpose }) => purpose)
  return [
    ...added.map(([{ names }, index]) => sentence(['purposes', index], 'change.new-purpose', { names })),
    ...matched.flatMap(([one, other, index]) => {
      const subject = named(kind, one.names)
      const sets = (names: typeof one.dataSets): Trilingual[] => names.map((set) => words.dataSets[set])
      return [
        ...changedTexts(
          ['purposes', index, 'names'],
          aspectOf(named(kind, one.purpose), words.name),
          one.names,
          other.names,
        ),
        ...changedList(
          ['purposes', index, 'dataSets'],
          aspectOf(subject, dataSets),
          sets(one.dataSets),
          sets(other.dataSets),
        ),
        ...changedTexts(
          ['purposes', index, 'legalBasis'],
          aspectOf(subject, legalBasis),
          one.legalBasis,
          other.legalBasis,
        ),
      ]
    }),
    ...removed.map(({ names }) => sentence(['purposes'], 'change.purpose-removed', { names })),
  ]
}

function roleChanges(
  { roles: from }: RegisterDescription,
  { roles: to }: RegisterDescription,
  purposeName: (purpose: Purpose) => ChangeValue,
): Change[] {
  const { kind, scope } = words.roleFields
  const { added, removed, matched } = matchByName(from, to, ({ role, duty }) => `${role} ${duty ?? ''}`)
  const held = ({ purposes }: RoleRights): Trilingual =>
    purposes.length === 0 ? words.scopeNames.none : listText(purposes.map(({ purpose }) => purposeName(purpose)))
  return [
    ...added.map(([entry, index]) =>
      sentence(['roles', index], 'change.new-role', {
        names: entry.names,
        scope: words.scopeNames[entry.scope],
        held: held(entry),
      }),
    ),
    ...matched.flatMap(([one, other, index]) => {
      const id = one.duty ? `${one.role} (${one.duty})` : one.role
      return [
        ...changedTexts(['roles', index, 'names'], aspectOf(named(kind, id), words.name), one.names, other.names),
        ...changed(
          ['roles', index, 'scope'],
          aspectOf(named(kind, one.names), scope),
          words.scopeNames[one.scope],
          words.scopeNames[other.scope],
        ),
        ...heldChanges(one, other, index, purposeName),
      ]
    }),
    ...removed.map(({ names }) => sentence(['roles'], 'change.role-removed', { names })),
  ]
}

function heldChanges(
  from: RoleRights,
  to: RoleRights,
  index: number,
  purposeName: (purpose: Purpose) => ChangeValue,
): Change[] {
  const role = named(words.roleFields.kind, to.names)
  const path = ['roles', index, 'purposes']
  const { added, removed, matched } = matchByName(from.purposes, to.purposes, ({ purpose }) => purpose)
  const reference = ({ reference: written }: RolePurpose): ChangeValue | undefined =>
    written && words.referenceNames[written]
  return [
    ...added.map(([{ purpose }, at]) =>
      sentence([...path, at], 'change.role-may', { role, purpose: purposeName(purpose) }),
    ),
    ...matched.flatMap(([one, other, at]) => {
      const label = inEach((language) => {
        const purpose = purposeName(one.purpose)
        const name = typeof purpose === 'string' ? purpose : purpose[language]
        return `${role[language]}, ${words.roleFields.reference[language]} ${name}`
      })
      return changed([...path, at, 'reference'], label, reference(one), reference(other))
    }),
    ...removed.map(({ purpose }) => sentence(path, 'change.role-may-not', { role, purpose: purposeName(purpose) })),
  ]
}
