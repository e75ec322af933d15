import { useLanguage, type Word } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { PathChoice, PathNumber, PathToggle } from './path-fields.tsx'
import { Section } from './section.tsx'

const onOrOff = [
  'announcementRequired',
  'researchTreatAsPersonal',
  'holdForInspection',
  'accessCopy',
  'accessTranscript',
  'legalClaim',
  'julklRequests',
  'mentionedPersons',
] as const
const choices = {
  officialConsent: ['informed', 'required'],
  secondFactor: ['off', 'optional', 'required'],
  maintenanceContent: ['allowed', 'breakGlass', 'denied'],
} as const
const months = ['maskCallerAfterMonths', 'logRetentionMonths'] as const

/** What today's law offers beside the old text, each with the law it comes from (C1-C14). */
export function SwitchesSection() {
  const { say } = useLanguage()
  const at = (name: string): Path => ['switches', name]
  return (
    <Section name="section-switches" title={say('form.switches')} fields={['switches']}>
      <p className="hint">{say('form.switches.hint')}</p>
      {Object.entries(choices).map(([name, values]) => (
        <PathChoice
          key={name}
          path={at(name)}
          label={say(`switch.${name}` as Word)}
          hint={say(`switch.${name}.law` as Word)}
          options={values.map((value) => ({ value, label: say(`switch.${name}.${value}` as Word) }))}
          className="field-wide"
        />
      ))}
      {onOrOff.map((name) => (
        <PathToggle
          key={name}
          path={at(name)}
          label={say(`switch.${name}` as Word)}
          hint={say(`switch.${name}.law` as Word)}
        />
      ))}
      {months.map((name) => (
        <PathNumber
          key={name}
          path={at(name)}
          label={say(`switch.${name}` as Word)}
          hint={say(`switch.${name}.law` as Word)}
          isOptional
        />
      ))}
    </Section>
  )
}
