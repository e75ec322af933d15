import { Choice } from '../../controls/choice.tsx'
import { useLanguage, type Word } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { useAt } from './form-state.tsx'
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
  Together,
} from './path-fields.tsx'
import { SplitNumber } from './split-number.tsx'

const days = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const

/** One recording rule: scope, share, retention, period and reason. */
export function RuleFields({ path }: { path: Path }) {
  const { say } = useLanguage()
  const numbers = useNumberChoices([...path, 'numbers'])
  const { value } = useAt([...path, 'numbers'])
  const chosen = numbers.filter((one) => Array.isArray(value) && value.map(String).includes(one.value))
  return (
    <>
      <PathTrilingual path={[...path, 'names']} label={say('form.rule.names')} />
      <PathChecks
        path={[...path, 'numbers']}
        label={say('form.rule.numbers')}
        hint={say('form.rule.numbers.hint')}
        options={numbers}
        className="checks-tall"
      />
      {chosen.length > 1 && <SplitNumber rule={path} numbers={chosen} />}
      <div className="row-fields">
        <PathNumber
          path={[...path, 'share']}
          label={say('form.rule.share')}
          hint={say('form.rule.share.hint')}
          isPercent
          isOptional
        />
        <PathChoice
          path={[...path, 'recordingMonths']}
          label={say('form.rule.months')}
          hint={say('form.rule.months.hint')}
          options={[2, 3, 4, 5, 6].map((count) => ({ value: String(count), label: say('form.months', { count }) }))}
          read={Number}
        />
      </div>
      <QuotaFields path={[...path, 'quota']} />
      <Together path={[...path, 'hours']} label={say('form.rule.hours')} hint={say('form.rule.hours.hint')}>
        <Optional
          path={[...path, 'hours']}
          addLabel={say('form.rule.hours.add')}
          removeLabel={say('form.rule.hours.remove')}
          fresh={() => ({ days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: '08:00', to: '16:15' })}
        >
          <PathChecks
            path={[...path, 'hours', 'days']}
            label={say('form.rule.days')}
            options={days.map((value) => ({ value, label: say(`shell.weekday.${value}` as Word) }))}
            className="checks-inline"
          />
          <div className="row-fields">
            <PathClock path={[...path, 'hours', 'from']} label={say('form.rule.hours.from')} />
            <PathClock path={[...path, 'hours', 'to']} label={say('form.rule.hours.to')} />
          </div>
          <p className="hint">{say('form.rule.hours.clock')}</p>
        </Optional>
      </Together>
      <div className="row-fields">
        <PathDay path={[...path, 'from']} label={say('form.from')} />
        <PathDay path={[...path, 'until']} label={say('form.number.until')} isOptional />
      </div>
      <PathText
        path={[...path, 'justification']}
        label={say('form.rule.justification')}
        hint={say('form.rule.justification.hint')}
        rows={2}
        isOptional
      />
      <PathText
        path={[...path, 'necessity']}
        label={say('form.rule.necessity')}
        hint={say('form.rule.necessity.hint')}
        rows={3}
        isOptional
      />
    </>
  )
}

function QuotaFields({ path }: { path: Path }) {
  const { say } = useLanguage()
  const { value, set } = useAt(path)
  const per = typeof value === 'object' && value !== null ? String((value as { per?: unknown }).per) : ''
  return (
    <Together path={path} label={say('form.quota')} hint={say('form.quota.hint')}>
      <div className="row-fields">
        <Choice
          label={say('form.quota.per')}
          options={[
            { value: '', label: say('form.quota.none') },
            { value: 'official', label: say('form.quota.official') },
            { value: 'number', label: say('form.quota.number') },
          ]}
          value={per}
          onChange={(next) => set(next === '' ? undefined : { weekly: 5, ...(value as object | undefined), per: next })}
        />
        {per !== '' && <PathNumber path={[...path, 'weekly']} label={say('form.quota.weekly')} />}
      </div>
    </Together>
  )
}
