import { checkRecordingPlan } from './check-recording-plan.ts'
import { normalisePhoneNumber } from './phone-numbers/normalise-phone-number.ts'
import { type FieldPath, type FieldProblem } from './problem.ts'
import { covers, referenceOf } from './purposes.ts'
import { inForce, languages, type RegisterDescription } from './register-description.ts'
import { widestPurposes, widestScope } from './roles.ts'

/**
 * What a description of the right shape says that it may not say: roles wider than the law of the register allows
 * (R3-R5, R36-R41), numbers that contradict each other (R7), a recording plan nobody may approve (R13-R15).
 */
export function checkDescription(description: RegisterDescription): FieldProblem[] {
  return [
    ...checkDecision(description),
    ...checkPurposes(description),
    ...checkRoles(description),
    ...checkNumbers(description),
    ...checkRecordingPlan(description.recordingPlan, description.numbers).map(({ path, message }) => ({
      path: ['recordingPlan', ...path],
      message,
    })),
  ]
}

function checkDecision({ decision }: RegisterDescription): FieldProblem[] {
  if (decision.author !== decision.approver) return []
  return [{ path: ['decision', 'approver'], message: 'must be another person than the author (R14)' }]
}

function checkPurposes({ purposes: described }: RegisterDescription): FieldProblem[] {
  const problems: FieldProblem[] = []
  described.forEach(({ purpose }, index) => {
    if (described.findIndex((other) => other.purpose === purpose) < index) {
      problems.push({ path: ['purposes', index, 'purpose'], message: `${purpose} is described twice` })
    }
  })
  if (described[0]?.purpose !== 'DEVELOPMENT') {
    problems.push({ path: ['purposes', 0], message: 'DEVELOPMENT comes first: it is the primary purpose (R3)' })
  }
  return problems
}

function checkRoles({ roles, purposes: described }: RegisterDescription): FieldProblem[] {
  const problems: FieldProblem[] = []
  const add = (path: FieldPath, message: string): void => void problems.push({ path: ['roles', ...path], message })
  roles.forEach((entry, index) => {
    const { role, duty, scope } = entry
    if (roles.findIndex((other) => other.role === role && other.duty === duty) < index)
      add([index, 'role'], `${role} is described twice`)
    if (role === 'EXPERT' && !duty) add([index], 'an EXPERT needs a duty (R38)')
    if (role !== 'EXPERT' && duty) add([index, 'duty'], 'only an EXPERT has a duty (R38)')
    if (![widestScope(role), 'own', 'none'].includes(scope)) {
      add([index, 'scope'], `${role} reaches no further than ${widestScope(role)} (R37-R40)`)
    }
    entry.purposes.forEach(({ purpose, reference }, place) => {
      const path = [index, 'purposes', place]
      if (!widestPurposes(role, duty).includes(purpose)) {
        add([...path, 'purpose'], `${[role, duty].filter(Boolean).join(' ')} may not hold ${purpose} (R3, R5, R37-R40)`)
      }
      if (!described.some((other) => covers(other.purpose, purpose)))
        add([...path, 'purpose'], `${purpose} is not among the purposes`)
      const needed = referenceOf(purpose, role)
      if (needed && reference !== needed) add(path, `${purpose} needs the reference ${needed} (R5, R40, R46)`)
    })
  })
  return problems
}

function checkNumbers({ numbers, controller, numbering }: RegisterDescription): FieldProblem[] {
  const problems: FieldProblem[] = []
  numbers.forEach((number, index) => {
    const add = (field: string, message: string): void =>
      void problems.push({ path: ['numbers', index, field], message })
    const twin = numbers.slice(0, index).some((other) => {
      if (other.key !== number.key) return false
      return (
        inForce(other.validFrom, other.validTo, number.validFrom) ||
        inForce(number.validFrom, number.validTo, other.validFrom)
      )
    })
    if (twin) add('number', 'is listed twice for the same time (R7)')
    if (number.kind === 'REGIONAL_SERVICE' && !number.region) add('kind', 'a regional number needs a region (R7)')
    if (number.kind !== 'REGIONAL_SERVICE' && number.region) add('region', 'only a regional number has a region (R7)')
  })
  for (const language of languages) {
    const { key } = normalisePhoneNumber(controller.switchboard[language], numbering)
    if (!numbers.some((number) => number.key === key && number.kind === 'SWITCHBOARD')) {
      problems.push({
        path: ['controller', 'switchboard', language],
        message: 'is no switchboard number of the list (R2, R7)',
      })
    }
  }
  return problems
}
