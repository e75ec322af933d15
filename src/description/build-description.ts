import { type DescriptionFile } from './description-file.ts'
import { normalisePhoneNumber } from './phone-numbers/normalise-phone-number.ts'
import { type PhoneNumberKey } from './phone-numbers/phone-number.ts'
import { type FieldPath, type FieldProblem } from './problem.ts'
import { type RecordingRule, type RegisterDescription, type ServiceNumber } from './register-description.ts'
import { termZone } from './terms.ts'

/**
 * Turns the file's strings into keys and instants. Dates are whole days in Europe/Helsinki: from the first moment of the
 * first day until the last moment of the last. What cannot be read is added to `problems`.
 */
export function buildDescription(file: DescriptionFile, problems: FieldProblem[]): RegisterDescription {
  const numbering = {
    pbx: file.numbering.pbx,
    exchanges: file.numbering.exchanges.map((text) => text.replace(/^0|\D/g, '')),
  }
  const { recordingPlan, decision, storage, disclosure } = file
  return {
    ...file,
    effectiveFrom: file.effectiveFrom.includes('T')
      ? Temporal.Instant.from(file.effectiveFrom)
      : dayAt(file.effectiveFrom, ['effectiveFrom']),
    decision: { ...decision, decidedOn: dateOf(decision.decidedOn, ['decision', 'decidedOn']) },
    numbering,
    numbers: file.numbers.map((entry, index) => buildNumber(entry, ['numbers', index])),
    recordingPlan: {
      recordForwarded: recordingPlan.recordForwarded,
      ...(recordingPlan.cooperation && {
        cooperation: {
          ...recordingPlan.cooperation,
          decidedOn: dateOf(recordingPlan.cooperation.decidedOn, ['recordingPlan', 'cooperation', 'decidedOn']),
        },
      }),
      announcements: recordingPlan.announcements.map(({ numbers, ...rest }, index) => ({
        ...rest,
        numbers: readNumbers(numbers, ['recordingPlan', 'announcements', index, 'numbers']),
      })),
      rules: recordingPlan.rules.map((entry, index) => buildRule(entry, ['recordingPlan', 'rules', index])),
    },
    storage: {
      sites: storage.sites.map((site, index) => ({
        ...site,
        attestedOn: dateOf(site.attestedOn, ['storage', 'sites', index, 'attestedOn']),
        nextReview: dateOf(site.nextReview, ['storage', 'sites', index, 'nextReview']),
      })),
    },
    disclosure: {
      ...disclosure,
      provisions: disclosure.provisions.map(({ validFrom, validTo, ...rest }, index) => ({
        ...rest,
        validFrom: dateOf(validFrom, ['disclosure', 'provisions', index, 'validFrom']),
        ...(validTo !== undefined && { validTo: dateOf(validTo, ['disclosure', 'provisions', index, 'validTo']) }),
      })),
    },
  }

  function buildNumber(
    { number, validFrom, validTo, ...rest }: DescriptionFile['numbers'][number],
    path: FieldPath,
  ): ServiceNumber {
    return {
      ...rest,
      ...readNumber(number, [...path, 'number']),
      validFrom: dayAt(validFrom, [...path, 'validFrom']),
      ...(validTo !== undefined && { validTo: dayAt(validTo, [...path, 'validTo'], 1) }),
    }
  }

  function buildRule(
    { numbers, share, hours, from, until, ...rest }: DescriptionFile['recordingPlan']['rules'][number],
    path: FieldPath,
  ): RecordingRule {
    return {
      ...rest,
      share: share ?? recordingPlan.defaultShare,
      numbers: readNumbers(numbers, [...path, 'numbers']),
      ...(hours && { hours: { days: hours.days, from: timeOf(hours.from), to: timeOf(hours.to) } }),
      from: dayAt(from, [...path, 'from']),
      ...(until !== undefined && { until: dayAt(until, [...path, 'until'], 1) }),
    }
  }

  function readNumbers(texts: readonly string[], path: FieldPath): PhoneNumberKey[] {
    return texts.map((number, place) => readNumber(number, [...path, place]).key)
  }

  function readNumber(text: string, path: FieldPath): { key: PhoneNumberKey; display: string } {
    const number = normalisePhoneNumber(text, numbering)
    if (number.key !== null && number.kind !== 'address') return { key: number.key, display: number.display }
    problems.push({ path, message: 'is not a telephone number' })
    return { key: '' as PhoneNumberKey, display: text }
  }

  function dateOf(text: string, path: FieldPath): Temporal.PlainDate {
    return dayAt(text, path).toZonedDateTimeISO(termZone).toPlainDate()
  }

  function dayAt(text: string, path: FieldPath, daysLater = 0): Temporal.Instant {
    try {
      return Temporal.PlainDate.from(text).add({ days: daysLater }).toZonedDateTime(termZone).toInstant()
    } catch {
      problems.push({ path, message: 'is not a day of the calendar' })
      return Temporal.Instant.fromEpochMilliseconds(0)
    }
  }
}

/** A time of day as written, 08.00 or 08:00; 24.00 is the end of the day. */
function timeOf(text: string): Temporal.PlainTime {
  const written = text.replace('.', ':')
  return Temporal.PlainTime.from(written === '24:00' ? '23:59:59.999999999' : written)
}
