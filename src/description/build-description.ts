import { type DescriptionFile } from './description-file.ts'
import { normalisePhoneNumber } from './phone-numbers/normalise-phone-number.ts'
import { type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { problemAt, type FieldPath, type FieldProblem } from './problem.ts'
import {
  type RecordingPlan,
  type RecordingRule,
  type RegisterDescription,
  type ServiceNumber,
} from './register-description.ts'
import { maxBackupDays, termZone, defaultReturnWorkingDays } from './terms.ts'

/**
 * Converts the file's strings to keys and instants. Dates are whole days in Europe/Helsinki, from the first moment of the first
 * day to the last moment of the last. Unreadable values are added to `problems`; sections missing in the file are missing in
 * the result.
 */
export function buildDescription(
  file: Partial<DescriptionFile>,
  problems: FieldProblem[],
): Partial<RegisterDescription> {
  const { effectiveFrom, decision, numbering: written, numbers, recordingPlan, storage, disclosure, ...rest } = file
  const numbering = {
    pbx: written?.pbx ?? 'main',
    exchanges: written?.exchanges.map((text) => text.replace(/^0|\D/g, '')) ?? [],
  }
  return {
    ...rest,
    ...(effectiveFrom !== undefined && { effectiveFrom: instantAt(effectiveFrom, ['effectiveFrom']) }),
    ...(decision && { decision: { ...decision, decidedOn: dateOf(decision.decidedOn, ['decision', 'decidedOn']) } }),
    ...(written && { numbering }),
    ...(numbers && { numbers: numbers.map((entry, index) => buildNumber(entry, ['numbers', index])) }),
    ...(recordingPlan && { recordingPlan: buildPlan(recordingPlan) }),
    ...(storage && {
      storage: {
        backupDays: storage.backupDays ?? maxBackupDays,
        sites: storage.sites.map((site, index) => ({
          ...site,
          attestedOn: dateOf(site.attestedOn, ['storage', 'sites', index, 'attestedOn']),
          nextReview: dateOf(site.nextReview, ['storage', 'sites', index, 'nextReview']),
        })),
      },
    }),
    ...(disclosure && {
      disclosure: {
        ...disclosure,
        returnWorkingDays: disclosure.returnWorkingDays ?? defaultReturnWorkingDays,
        provisions: disclosure.provisions.map(({ validFrom, validTo, ...provision }, index) => ({
          ...provision,
          validFrom: dateOf(validFrom, ['disclosure', 'provisions', index, 'validFrom']),
          ...(validTo !== undefined && { validTo: dateOf(validTo, ['disclosure', 'provisions', index, 'validTo']) }),
        })),
      },
    }),
  }

  function buildPlan(plan: DescriptionFile['recordingPlan']): RecordingPlan {
    const { cooperation } = plan
    return {
      recordForwarded: plan.recordForwarded,
      ...(cooperation && {
        cooperation: {
          ...cooperation,
          decidedOn: dateOf(cooperation.decidedOn, ['recordingPlan', 'cooperation', 'decidedOn']),
        },
      }),
      announcements: plan.announcements.map(({ numbers: keys, ...announcement }, index) => ({
        ...announcement,
        numbers: readNumbers(keys, ['recordingPlan', 'announcements', index, 'numbers']),
      })),
      rules: plan.rules.map((entry, index) => buildRule(entry, plan.defaultShare, ['recordingPlan', 'rules', index])),
    }
  }

  function buildNumber(
    { number, validFrom, validTo, ...entry }: DescriptionFile['numbers'][number],
    path: FieldPath,
  ): ServiceNumber {
    return {
      ...entry,
      ...readNumber(number, [...path, 'number']),
      validFrom: dayAt(validFrom, [...path, 'validFrom']),
      ...(validTo !== undefined && { validTo: dayAt(validTo, [...path, 'validTo'], 1) }),
    }
  }

  function buildRule(
    { numbers: keys, share, hours, from, until, ...entry }: DescriptionFile['recordingPlan']['rules'][number],
    defaultShare: number,
    path: FieldPath,
  ): RecordingRule {
    return {
      ...entry,
      share: share ?? defaultShare,
      numbers: readNumbers(keys, [...path, 'numbers']),
      ...(hours && { hours: { days: hours.days, from: timeOf(hours.from), to: timeOf(hours.to) } }),
      from: dayAt(from, [...path, 'from']),
      ...(until !== undefined && { until: dayAt(until, [...path, 'until'], 1) }),
    }
  }

  function readNumbers(texts: readonly string[], path: FieldPath): PhoneNumberKey[] {
    return texts.map((number, index) => readNumber(number, [...path, index]).key)
  }

  function readNumber(text: string, path: FieldPath): { key: PhoneNumberKey; display: string } {
    const number = normalisePhoneNumber(text, numbering)
    if (number.key !== null && number.kind !== 'address') return { key: number.key, display: number.display }
    problems.push(problemAt(path, 'number.unreadable', { value: text }))
    return { key: '' as PhoneNumberKey, display: text }
  }

  function dateOf(text: string, path: FieldPath): Temporal.PlainDate {
    return dayAt(text, path).toZonedDateTimeISO(termZone).toPlainDate()
  }

  function instantAt(text: string, path: FieldPath): Temporal.Instant {
    if (!text.includes('T')) return dayAt(text, path)
    return readTime(text, path, () => Temporal.Instant.from(text))
  }

  function dayAt(text: string, path: FieldPath, daysLater = 0): Temporal.Instant {
    return readTime(text, path, () =>
      Temporal.PlainDate.from(text).add({ days: daysLater }).toZonedDateTime(termZone).toInstant(),
    )
  }

  function readTime(text: string, path: FieldPath, read: () => Temporal.Instant): Temporal.Instant {
    try {
      return read()
    } catch {
      problems.push(problemAt(path, 'day.none', { day: text }))
      return Temporal.Instant.fromEpochMilliseconds(0)
    }
  }
}

/** Parses a time of day, 08.00 or 08:00; 24.00 is the end of the day. */
function timeOf(text: string): Temporal.PlainTime {
  const written = text.replace('.', ':')
  return Temporal.PlainTime.from(written === '24:00' ? '23:59:59.999999999' : written)
}
