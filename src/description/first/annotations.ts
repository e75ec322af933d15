/** Comments that are written into a first description, and stay in its text when it is edited. */

const header = `# The register description: what this register does, and all that it may do. Fields: docs/formats/description.md.
# Check a change of this file with "seloste description check FILE" until the first start. After that the file is not read, and the
# description is changed in the web only: a draft, a dry run, and the approval of a second person.
# Dates are whole days in Europe/Helsinki; an end date is the last day. Telephone numbers in any written form.`

/** Comment above each field. Fields that have a comment in the bundled description are not listed. */
const fieldComments: Readonly<Record<string, string>> = {
  profile: `# "seed": a register description under the Personal Data Act. "gdpr": a notice under Articles 13 and 14, with the rights of
# today's law; each purpose then needs a legalBasis, and contacts a dataProtectionOfficer.`,
  name: '# Name of the register, as published.',
  controller: '# Whose register it is. The published page, letters and screens use these words.',
  dataSubjects: '# A closed list.',
  numbers: `# All numbers of the telephone service. A call to another number is not the register's: nothing of it is stored. Calls to
# SWITCHBOARD are never recorded.`,
  recordingPlan: `# Which calls are recorded. Each rule draws its share of the calls to its numbers (defaultShare unless the rule has its own);
# never all calls of all numbers. A rule that records every call (share: 1) needs an end and a justification.`,
  terms: '# Months of the history and of recordings. Fixed: the program enforces these.',
  storage: '# Where the data are. Each site is attested to have electronic access control, and reviewed by its day.',
  disclosure: '# To whom recordings may be disclosed. Authorities need a provision that is in force.',
  rights: '# Who serves data subjects: inspection, prohibition, correction.',
  contacts: '# Published with the accessibility statement, and under "gdpr" with the notice.',
}

export function annotate(text: string): string {
  const withoutHeader = text.replace(/^(#.*\n)+/, '').replace(/(?<=in a new group): .*\.$/m, '.')
  const lines = withoutHeader.split('\n').flatMap((line, index, all) => {
    const comment = fieldComments[/^(\w+):/.exec(line)?.[1] ?? '']
    return comment === undefined || all[index - 1]?.startsWith('#') ? [line] : [comment, line]
  })
  return `${header}\n${lines.join('\n')}`
}
