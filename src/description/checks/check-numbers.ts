import { normalisePhoneNumber } from '../phone-numbers/normalise-phone-number.ts'
import { problemAt, type FieldProblem } from '../problem.ts'
import { languages } from '../closed-lists.ts'
import { inForce, type RegisterDescription, type ServiceNumber } from '../register-description.ts'

type Part<Section extends keyof RegisterDescription> = Pick<RegisterDescription, Section>

/** R7: checks each number, and that none is listed twice for one time. */
export function checkNumbers({ numbers }: Part<'numbers'>): FieldProblem[] {
  const listed = new Map<string, ServiceNumber[]>()
  return numbers.flatMap((number, index) => {
    const path = ['numbers', index]
    const problems: FieldProblem[] = []
    const { display, kind, validFrom, validTo } = number
    if (validTo && Temporal.Instant.compare(validTo, validFrom) <= 0) {
      problems.push(problemAt([...path, 'validTo'], 'time.end-before-begin'))
    }
    const earlier = listed.get(number.key) ?? []
    const duplicate = earlier.find(
      (other) => inForce(other.validFrom, other.validTo, validFrom) || inForce(validFrom, validTo, other.validFrom),
    )
    earlier.push(number)
    listed.set(number.key, earlier)
    if (duplicate) {
      const code = duplicate.kind === kind ? 'number.twice' : 'number.two-kinds'
      problems.push(problemAt([...path, 'number'], code, { number: display }))
    }
    if (kind === 'REGIONAL_SERVICE' && !number.region) {
      problems.push(problemAt([...path, 'region'], 'number.region-missing'))
    }
    if (kind !== 'REGIONAL_SERVICE' && number.region) {
      problems.push(problemAt([...path, 'region'], 'number.region-extra'))
    }
    return problems
  })
}

/** R2, R7: the controller's switchboard is in the list while the version is in force; needs the whole list. */
export function checkSwitchboard({
  numbers,
  controller,
  numbering,
  effectiveFrom,
}: Part<'numbers' | 'controller' | 'numbering' | 'effectiveFrom'>): FieldProblem[] {
  return languages.flatMap((language) => {
    const written = controller.switchboard[language]
    const { key } = normalisePhoneNumber(written, numbering)
    const listed = numbers.some(
      (number) =>
        number.key === key &&
        number.kind === 'SWITCHBOARD' &&
        !(number.validTo && Temporal.Instant.compare(number.validTo, effectiveFrom) <= 0),
    )
    const path = ['controller', 'switchboard', language]
    return listed ? [] : [problemAt(path, 'number.switchboard-unlisted', { number: written })]
  })
}
