import { useLanguage, type Word } from '../../language/use-words.ts'
import { fieldOf, readAt, type Path } from '../edits.ts'
import { useForm } from './form-state.tsx'
import { PathChoice, PathNumber, PathToggle } from './path-fields.tsx'
import { Section } from './section.tsx'

interface Switch {
  name: string
  /** Options; none for on or off and for a number of months. */
  values?: readonly string[]
  /** Value of a description that lacks the switch. */
  absent?: string
  isMonths?: true
  /** The only value that this version of the program supports, if there is only one. */
  kept?: unknown
}

const switches: readonly Switch[] = [
  { name: 'announcementRequired' },
  { name: 'officialConsent', values: ['informed', 'required'] },
  { name: 'researchTreatAsPersonal' },
  { name: 'secondFactor', values: ['off', 'optional', 'required'] },
  { name: 'maintenanceContent', values: ['allowed', 'breakGlass', 'denied'] },
  { name: 'accessCopy' },
  { name: 'accessTranscript', kept: false },
  { name: 'holdForInspection' },
  { name: 'legalClaim', kept: false },
  { name: 'julklRequests' },
  { name: 'mentionedPersons' },
  { name: 'askingFromHome', values: ['off', 'form', 'signed', 'identified'], absent: 'off' },
  { name: 'transcripts', values: ['none', 'research'], absent: 'none' },
  { name: 'maskCallerAfterMonths', isMonths: true, kept: null },
  { name: 'logRetentionMonths', isMonths: true },
]

/** Switches of the description for provisions of later law than the original text, each with its provision (C1-C14). */
export function SwitchesSection() {
  const { t } = useLanguage()
  const { document, problems } = useForm()
  // A fixed value is shown as text; if the document differs, it can be corrected here.
  const isFixed = ({ name, kept }: Switch) =>
    kept !== undefined &&
    readAt(document, ['switches', name]) === kept &&
    !problems.some(({ field }) => field === fieldOf(['switches', name]))
  const fixed = switches.filter(isFixed)
  return (
    <Section name="switches" title={t('form.switches')}>
      <p className="hint">{t('form.switches.hint')}</p>
      {switches
        .filter((one) => !isFixed(one))
        .map((one) => (
          <SwitchField key={one.name} {...one} />
        ))}
      <PathToggle
        path={['disclosure', 'pseudonymised']}
        label={t('form.pseudonymised')}
        hint={t('form.pseudonymised.hint')}
      />
      <PathNumber
        path={['disclosure', 'returnWorkingDays']}
        label={t('form.returnDays')}
        hint={t('form.returnDays.hint')}
        isOptional
      />
      <h4 className="small-heading">{t('form.switches.fixed')}</h4>
      <p className="hint">{t('form.switches.fixed.hint')}</p>
      <dl className="fixed">
        {fixed.map(({ name, values, kept }) => (
          <div key={name}>
            <dt>{t(`shell.switch.${name}` as Word)}</dt>
            <dd>
              {values
                ? t(`shell.switch.${name}.${String(kept)}` as Word)
                : t(kept === null ? 'form.switches.unlimited' : 'form.switches.off')}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function SwitchField({ name, values, absent, isMonths }: Switch) {
  const { t } = useLanguage()
  const path: Path = ['switches', name]
  const label = t(`shell.switch.${name}` as Word)
  const hint = t(`shell.switch.${name}.law` as Word)
  if (values) {
    return (
      <PathChoice
        path={path}
        label={label}
        hint={hint}
        options={values.map((value) => ({ value, label: t(`shell.switch.${name}.${value}` as Word) }))}
        {...(absent !== undefined && { absent })}
        className="field-wide"
      />
    )
  }
  if (isMonths) return <PathNumber path={path} label={label} hint={hint} isNullable />
  return <PathToggle path={path} label={label} hint={hint} />
}
