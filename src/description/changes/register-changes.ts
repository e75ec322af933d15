import { inEach } from '#platform/texts/texts.ts'
import { type Change } from './change.ts'
import { type FieldPath } from '../problem.ts'
import type { Trilingual } from '../closed-lists.ts'
import type { RegisterDescription, Switches } from '../register-description.ts'
import { dayText } from '../value-texts.ts'
import {
  aspectOf,
  changed,
  changedList,
  changedTexts,
  matchByName,
  named,
  quoted,
  sentence,
  type ChangeValue,
} from './change-value.ts'
import * as words from './words.ts'

/** Returns the changes of the register itself: controller, content, terms, places, disclosures. */
export function registerChanges(from: RegisterDescription, to: RegisterDescription): Change[] {
  return [
    ...changed(['profile'], words.sections.profile, words.profiles[from.profile], words.profiles[to.profile]),
    ...changedTexts(['name'], words.sections.name, from.name, to.name),
    ...changedTexts(['title'], words.sections.title, from.title, to.title),
    ...controllerChanges(from, to),
    ...changedList(
      ['dataSubjects'],
      words.sections.dataSubjects,
      from.dataSubjects.map((subject) => words.dataSubjectNames[subject]),
      to.dataSubjects.map((subject) => words.dataSubjectNames[subject]),
    ),
    ...changedList(
      ['identificationData'],
      words.sections.identificationData,
      from.identificationData.map((data) => words.identificationDataNames[data]),
      to.identificationData.map((data) => words.identificationDataNames[data]),
    ),
    ...(['historyMonths', 'recordingFloorMonths', 'recordingCeilingMonths'] as const).flatMap((term) =>
      changed(['terms', term], words.termNames[term], months(from.terms[term]), months(to.terms[term])),
    ),
    ...storageChanges(from, to),
    ...disclosureChanges(from, to),
    ...changedTexts(['rights', 'unit'], words.contactFields.rightsUnit, from.rights.unit, to.rights.unit),
    ...changed(
      ['rights', 'finnishForms', 'illative'],
      aspectOf(words.contactFields.rightsUnit, words.finnishForms),
      quoted(from.rights.finnishForms.illative),
      quoted(to.rights.finnishForms.illative),
    ),
    ...contactChanges(from, to),
    ...switchChanges(from.switches, to.switches),
  ]
}

function controllerChanges(
  { controller: from }: RegisterDescription,
  { controller: to }: RegisterDescription,
): Change[] {
  const labels = words.controllerFields
  return [
    ...(['name', 'unit', 'postalAddress', 'visitingAddress', 'switchboard'] as const).flatMap((field) =>
      changedTexts(['controller', field], labels[field], from[field], to[field]),
    ),
    ...(['genitive', 'adessive', 'inessive'] as const).flatMap((form) =>
      changed(
        ['controller', 'finnishForms', form],
        aspectOf(labels.name, words.finnishForms),
        quoted(from.finnishForms[form]),
        quoted(to.finnishForms[form]),
      ),
    ),
  ]
}

function storageChanges({ storage: from }: RegisterDescription, { storage: to }: RegisterDescription): Change[] {
  const list = ['storage', 'sites']
  const labels = words.siteFields
  const { added, removed, matched } = matchByName(from.sites, to.sites, ({ id }) => id)
  return [
    ...added.map(([{ names }, index]) => sentence([...list, index], 'change.new-site', { names })),
    ...matched.flatMap(([one, other, index]) => {
      const of = (aspect: Trilingual): Trilingual => aspectOf(named(labels.kind, one.id), aspect)
      return [
        ...changedTexts([...list, index, 'names'], of(words.name), one.names, other.names),
        ...changed(
          [...list, index, 'electronicAccessControl'],
          of(labels.electronicAccessControl),
          flag(one.electronicAccessControl),
          flag(other.electronicAccessControl),
        ),
        ...changed([...list, index, 'country'], of(labels.country), one.country ?? '–', other.country ?? '–'),
        ...changed(
          [...list, index, 'attestedBy'],
          of(labels.attestedBy),
          quoted(one.attestedBy),
          quoted(other.attestedBy),
        ),
        ...changed(
          [...list, index, 'attestedOn'],
          of(labels.attestedOn),
          dayText(one.attestedOn),
          dayText(other.attestedOn),
        ),
        ...changed(
          [...list, index, 'nextReview'],
          of(labels.nextReview),
          dayText(one.nextReview),
          dayText(other.nextReview),
        ),
      ]
    }),
    ...removed.map(({ names }) => sentence(list, 'change.site-removed', { names })),
    ...changed(['storage', 'backupDays'], words.backupsKept, days(from.backupDays), days(to.backupDays)),
  ]
}

function disclosureChanges(
  { disclosure: from }: RegisterDescription,
  { disclosure: to }: RegisterDescription,
): Change[] {
  const list = ['disclosure', 'provisions']
  const labels = words.disclosureFields
  const { added, removed, matched } = matchByName(from.provisions, to.provisions, ({ id }) => id)
  const last = (day: Temporal.PlainDate | undefined): Trilingual => (day ? dayText(day) : words.noLimit)
  return [
    ...changed(['disclosure', 'research'], labels.research, flag(from.research), flag(to.research)),
    ...changed(['disclosure', 'authority'], labels.authority, flag(from.authority), flag(to.authority)),
    ...changed(
      ['disclosure', 'pseudonymised'],
      labels.pseudonymised,
      flag(from.pseudonymised === true),
      flag(to.pseudonymised === true),
    ),
    ...changed(
      ['disclosure', 'returnWorkingDays'],
      labels.returnWorkingDays,
      workingDays(from.returnWorkingDays),
      workingDays(to.returnWorkingDays),
    ),
    ...added.map(([{ names }, index]) => sentence([...list, index], 'change.new-provision', { names })),
    ...matched.flatMap(([one, other, index]) => {
      const of = (aspect: Trilingual): Trilingual => aspectOf(named(labels.provision, one.id), aspect)
      return [
        ...changedTexts([...list, index, 'names'], of(words.name), one.names, other.names),
        ...changed([...list, index, 'validFrom'], of(words.firstDay), dayText(one.validFrom), dayText(other.validFrom)),
        ...changed([...list, index, 'validTo'], of(words.lastDay), last(one.validTo), last(other.validTo)),
      ]
    }),
    ...removed.map(({ names }) => sentence(list, 'change.provision-removed', { names })),
  ]
}

function contactChanges({ contacts: from }: RegisterDescription, { contacts: to }: RegisterDescription): Change[] {
  const labels = words.contactFields
  const [one, other] = [from.dataProtectionOfficer, to.dataProtectionOfficer]
  const path = ['contacts', 'dataProtectionOfficer']
  const whole = (officer: typeof one): ChangeValue | undefined =>
    officer && inEach((language) => `${officer.address[language]}, ${officer.email}, ${officer.phone}`)
  return [
    ...(one && other
      ? [
          ...changedTexts([...path, 'address'], aspectOf(labels.officer, labels.address), one.address, other.address),
          ...changedWritten([...path, 'email'], aspectOf(labels.officer, labels.email), one.email, other.email),
          ...changedWritten([...path, 'phone'], aspectOf(labels.officer, labels.phone), one.phone, other.phone),
        ]
      : changed(path, labels.officer, whole(one), whole(other))),
    ...(['email', 'phone'] as const).flatMap((field) =>
      changedWritten(
        ['contacts', 'accessibility', field],
        aspectOf(labels.accessibility, labels[field]),
        from.accessibility[field],
        to.accessibility[field],
      ),
    ),
  ]
}

function switchChanges(from: Switches, to: Switches): Change[] {
  return (Object.keys(words.switchNames) as (keyof Switches)[]).flatMap((name) =>
    changed(['switches', name], words.switchNames[name], valueIn(from, name), valueIn(to, name)),
  )
}

/** Values of switches in descriptions that lack them. */
const absentValues: Partial<Record<keyof Switches, 'off' | 'none'>> = { transcripts: 'none' }

/** A description of before a switch existed has it off. */
function valueIn(switches: Switches, name: keyof Switches): ChangeValue {
  return switchValue(name, switches[name] === undefined ? (absentValues[name] ?? 'off') : switches[name])
}

function switchValue(name: keyof Switches, value: Exclude<Switches[keyof Switches], undefined>): ChangeValue {
  if (value === null) return words.noLimit
  if (typeof value === 'boolean') return flag(value)
  if (typeof value === 'number') return months(value)
  return name === 'officialConsent' && value === 'required' ? words.consentRequired : words.switchValues[value]
}

function changedWritten(
  path: FieldPath,
  label: ChangeValue,
  from: string | undefined,
  to: string | undefined,
): Change[] {
  return changed(path, label, from === undefined ? from : quoted(from), to === undefined ? to : quoted(to))
}

function flag(value: boolean): Trilingual {
  return value ? words.yes : words.no
}

function months(count: number): Trilingual {
  return words.changeText('change.months', { count })
}

function days(count: number): Trilingual {
  return words.changeText('change.days', { count })
}

function workingDays(count: number): Trilingual {
  return words.changeText('change.working-days', { count })
}
