import { problemAt, type FieldPath, type FieldProblem } from '../problem.ts'
import { covers, referenceOf } from '../purposes.ts'
import { type RegisterDescription } from '../register-description.ts'
import { widestPurposes, widestScope, type RoleRights } from '../roles.ts'

type Part<Section extends keyof RegisterDescription> = Pick<RegisterDescription, Section>

/** R3: checks the list of purposes: DEVELOPMENT first, each purpose and its data sets named once. */
export function checkPurposes({ purposes }: Part<'purposes'>): FieldProblem[] {
  const problems = purposes.flatMap(({ purpose, dataSets }, index) => [
    ...(purposes.findIndex((other) => other.purpose === purpose) < index
      ? [problemAt(['purposes', index, 'purpose'], 'purpose.twice', { purpose })]
      : []),
    ...(new Set(dataSets).size < dataSets.length
      ? [problemAt(['purposes', index, 'dataSets'], 'purpose.data-set-twice')]
      : []),
  ])
  if (purposes[0]?.purpose !== 'DEVELOPMENT') problems.push(problemAt(['purposes', 0], 'purpose.first'))
  return problems
}

/** L1: under the profile gdpr every purpose has its legal basis. */
export function checkLegalBases({ purposes, profile }: Part<'purposes' | 'profile'>): FieldProblem[] {
  if (profile !== 'gdpr') return []
  return purposes.flatMap(({ purpose, legalBasis }, index) =>
    legalBasis ? [] : [problemAt(['purposes', index, 'legalBasis'], 'purpose.legal-basis', { purpose })],
  )
}

/** Checks that no role is wider than its kind allows (R5, R36-R41). */
export function checkRoles({ roles }: Part<'roles'>): FieldProblem[] {
  return roles.flatMap((entry, index) => {
    const { role, duty, scope } = entry
    const path = ['roles', index]
    const problems: FieldProblem[] = []
    const earlier = roles.findIndex((other) => other.role === role && other.duty === duty)
    if (earlier < index) problems.push(problemAt([...path, 'role'], 'role.twice', { role: roleName(entry) }))
    if (role === 'EXPERT' && !duty) problems.push(problemAt([...path, 'duty'], 'role.duty-missing'))
    if (role !== 'EXPERT' && duty) problems.push(problemAt([...path, 'duty'], 'role.duty-extra'))
    if (![widestScope(role), 'own', 'none'].includes(scope)) {
      problems.push(problemAt([...path, 'scope'], 'role.scope-too-wide', { role, scope: widestScope(role) }))
    }
    // Without a duty an expert's purposes cannot be judged.
    return role === 'EXPERT' && !duty ? problems : [...problems, ...checkRolePurposes(entry, [...path, 'purposes'])]
  })
}

function checkRolePurposes(entry: RoleRights, path: FieldPath): FieldProblem[] {
  const { role, duty } = entry
  const widest = widestPurposes(role, duty)
  return entry.purposes.flatMap(({ purpose, reference }, index) => {
    const problems: FieldProblem[] = []
    const named = { role: roleName(entry), purpose }
    if (!widest.includes(purpose)) {
      const allowed = widest.join(', ') || '[]'
      problems.push(problemAt([...path, index, 'purpose'], 'role.purpose-too-wide', { ...named, allowed }))
    }
    if (entry.purposes.findIndex((other) => other.purpose === purpose) < index) {
      problems.push(problemAt([...path, index, 'purpose'], 'role.purpose-twice', named))
    }
    const needed = referenceOf(purpose, role)
    if (needed && reference !== needed) {
      problems.push(problemAt([...path, index], 'role.reference-missing', { purpose, reference: needed }))
    }
    return problems
  })
}

/** Checks that every purpose of a role is on the list; needs the whole list of purposes. */
export function checkHeldPurposes({ roles, purposes }: Part<'roles' | 'purposes'>): FieldProblem[] {
  return roles.flatMap((entry, index) =>
    entry.purposes.flatMap(({ purpose }, position) =>
      purposes.some((described) => covers(described.purpose, purpose))
        ? []
        : [problemAt(['roles', index, 'purposes', position, 'purpose'], 'role.purpose-not-described', { purpose })],
    ),
  )
}

/** Checks that some role holds each purpose; needs the whole list of roles. DEVELOPMENT may be held in its parts (R4). */
export function checkUsedPurposes({ roles, purposes }: Part<'roles' | 'purposes'>): FieldProblem[] {
  const held = roles.flatMap((entry) => entry.purposes.map(({ purpose }) => purpose))
  return purposes.flatMap(({ purpose }, index) =>
    held.some((one) => covers(one, purpose) || covers(purpose, one))
      ? []
      : [problemAt(['purposes', index, 'purpose'], 'purpose.unused', { purpose })],
  )
}

/** Checks the roles without which no further version could be approved and no rights granted (R14, R36). */
export function checkNeededRoles({ roles }: Part<'roles'>): FieldProblem[] {
  const has = (role: string, duty?: string): boolean =>
    roles.some((entry) => entry.role === role && entry.duty === duty)
  return [
    has('DECISION_MAKER') || problemAt(['roles'], 'role.decision-maker-missing'),
    has('ACCESS_APPROVER') || problemAt(['roles'], 'role.access-approver-missing'),
    has('ADMINISTRATOR') || has('EXPERT', 'QUALITY') || problemAt(['roles'], 'role.drafter-missing'),
  ].filter((problem) => problem !== true)
}

function roleName({ role, duty }: RoleRights): string {
  return duty ? `${role} (${duty})` : role
}
