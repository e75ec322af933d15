import { Choice } from '../../controls/choice.tsx'
import { useLanguage, type Word } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { useField } from './form-state.tsx'
import { useNumberChoices } from './number-choices.ts'
import { Optional } from './optional.tsx'
import {
  PathChecks,
  PathChoice,
  PathClock,
  PathDay,
  PathNumber,
  PathText,
  PathTrilingual,
  FieldGroup,
} from './path-fields.tsx'
import { SplitNumber } from './split-number.tsx'

const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

/** One recording rule: scope, share, retention, period and reason. */
export function RuleFields({ path }: { path: Path }) {
  const { t } = useLanguage()
  const numbers = useNumberChoices([...path, 'numbers'])
  const { value } = useField([...path, 'numbers'])
  const chosen = numbers.filter((one) => Array.isArray(value) && value.map(String).includes(one.value))
  return (
    <>
      <PathTrilingual path={[...path, 'names']} label={t('form.rule.names')} />
      <PathChecks
        path={[...path, 'numbers']}
        label={t('form.rule.numbers')}
        hint={t('form.rule.numbers.hint')}
        options={numbers}
        className="checks-tall"
      />
      {chosen.length > 1 && <SplitNumber rule={path} numbers={chosen} />}
      <div className="row-fields">
        <PathNumber
          path={[...path, 'share']}
          label={t('form.rule.share')}
          hint={t('form.rule.share.hint')}
          isPercent
          isOptional
        />
        <PathChoice
          path={[...path, 'recordingMonths']}
          label={t('form.rule.months')}
          hint={t('form.rule.months.hint')}
          options={[2, 3, 4, 5, 6].map((count) => ({ value: String(count), label: t('form.months', { count }) }))}
          read={Number}
        />
      </div>
      <QuotaFields path={[...path, 'quota']} />
      <FieldGroup path={[...path, 'hours']} label={t('form.rule.hours')} hint={t('form.rule.hours.hint')}>
        <Optional
          path={[...path, 'hours']}
          addLabel={t('form.rule.hours.add')}
          removeLabel={t('form.rule.hours.remove')}
          fresh={() => ({ days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: '08:00', to: '16:15' })}
        >
          <PathChecks
            path={[...path, 'hours', 'days']}
            label={t('form.rule.days')}
            options={days.map((value) => ({ value, label: t(`shell.weekday.${value}` as Word) }))}
            className="checks-inline"
          />
          <div className="row-fields">
            <PathClock path={[...path, 'hours', 'from']} label={t('form.rule.hours.from')} />
            <PathClock path={[...path, 'hours', 'to']} label={t('form.rule.hours.to')} />
          </div>
          <p className="hint">{t('form.rule.hours.clock')}</p>
        </Optional>
      </FieldGroup>
      <div className="row-fields">
        <PathDay path={[...path, 'from']} label={t('form.from')} />
        <PathDay path={[...path, 'until']} label={t('form.number.until')} isOptional />
      </div>
      <PathText
        path={[...path, 'justification']}
        label={t('form.rule.justification')}
        hint={t('form.rule.justification.hint')}
        rows={2}
        isOptional
      />
      <PathText
        path={[...path, 'necessity']}
        label={t('form.rule.necessity')}
        hint={t('form.rule.necessity.hint')}
        rows={3}
        isOptional
      />
    </>
  )
}

function QuotaFields({ path }: { path: Path }) {
  const { t } = useLanguage()
  const { value, set } = useField(path)
  const per = typeof value === 'object' && value !== null ? String((value as { per?: unknown }).per) : ''
  return (
    <FieldGroup path={path} label={t('form.quota')} hint={t('form.quota.hint')}>
      <div className="row-fields">
        <Choice
          label={t('form.quota.per')}
          options={[
            { value: '', label: t('form.quota.none') },
            { value: 'official', label: t('form.quota.official') },
            { value: 'number', label: t('form.quota.number') },
          ]}
          value={per}
          onChange={(next) => set(next === '' ? undefined : { weekly: 5, ...(value as object | undefined), per: next })}
        />
        {per !== '' && <PathNumber path={[...path, 'weekly']} label={t('form.quota.weekly')} />}
      </div>
    </FieldGroup>
  )
}
