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
  const { recordingPlan } = file
  return {
    ...file,
    effectiveFrom: dayAt(file.effectiveFrom, ['effectiveFrom']),
    numbering,
    numbers: file.numbers.map((entry, index) => buildNumber(entry, ['numbers', index])),
    recordingPlan: {
      recordForwarded: recordingPlan.recordForwarded,
      rules: recordingPlan.rules.map((entry, index) => buildRule(entry, ['recordingPlan', 'rules', index])),
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
    { numbers, share, from, until, ...rest }: DescriptionFile['recordingPlan']['rules'][number],
    path: FieldPath,
  ): RecordingRule {
    return {
      ...rest,
      share: share ?? recordingPlan.defaultShare,
      numbers: numbers.map((number, place) => readNumber(number, [...path, 'numbers', place]).key),
      from: dayAt(from, [...path, 'from']),
      ...(until !== undefined && { until: dayAt(until, [...path, 'until'], 1) }),
    }
  }

  function readNumber(text: string, path: FieldPath): { key: PhoneNumberKey; display: string } {
    const number = normalisePhoneNumber(text, numbering)
    if (number.key !== null && number.kind !== 'address') return { key: number.key, display: number.display }
    problems.push({ path, message: 'is not a telephone number' })
    return { key: '' as PhoneNumberKey, display: text }
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
