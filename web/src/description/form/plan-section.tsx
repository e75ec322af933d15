import { today } from '@internationalized/date'
import { zone } from '../../format/instant.ts'
import { formatShare } from '../../format/number.ts'
import { useLanguage } from '../../language/use-words.ts'
import { readAt } from '../edits.ts'
import { freshId } from './fresh-id.ts'
import { useForm, useItems } from './form-state.tsx'
import { Optional } from './optional.tsx'
import { PathDay, PathNumber, PathText, PathToggle, Together, useNameOf } from './path-fields.tsx'
import { RuleFields } from './rule-fields.tsx'
import { Items, Section } from './section.tsx'

/** Recording plan (R13-R15): the rules and what applies to all of them. */
export function PlanSection() {
  const { say, language } = useLanguage()
  const { document } = useForm()
  const nameOf = useNameOf()
  const rules = useItems(['recordingPlan', 'rules'])
  const shareOf = (rule: unknown) => {
    const share = readAt(rule, ['share']) ?? readAt(document, ['recordingPlan', 'defaultShare'])
    const months = readAt(rule, ['recordingMonths'])
    const text = [
      typeof share === 'number' && formatShare(share, language),
      typeof months === 'number' && say('form.months', { count: months }),
    ]
    return text.filter(Boolean).join(', ')
  }
  return (
    <Section name="plan" title={say('form.plan')} summary={say('form.plan.summary', { count: rules.length })}>
      <PathNumber
        path={['recordingPlan', 'defaultShare']}
        label={say('form.defaultShare')}
        hint={say('form.defaultShare.hint')}
        isPercent
      />
      <PathToggle
        path={['recordingPlan', 'recordForwarded']}
        label={say('form.forwarded')}
        hint={say('form.forwarded.hint')}
      />
      <Together
        path={['recordingPlan', 'cooperation']}
        label={say('form.cooperation')}
        hint={say('form.cooperation.hint')}
      >
        <Optional
          path={['recordingPlan', 'cooperation']}
          addLabel={say('form.cooperation.add')}
          removeLabel={say('form.cooperation.remove')}
          fresh={() => ({ decidedOn: today(zone).toString(), document: '' })}
        >
          <div className="row-fields">
            <PathDay path={['recordingPlan', 'cooperation', 'decidedOn']} label={say('form.cooperation.day')} />
            <PathText
              path={['recordingPlan', 'cooperation', 'document']}
              label={say('form.cooperation.document')}
              className="grow"
            />
          </div>
        </Optional>
      </Together>
      <h4 className="small-heading">{say('form.rules')}</h4>
      <Items
        path={['recordingPlan', 'rules']}
        titleOf={(rule, index) => nameOf(readAt(rule, ['names']), say('form.rule.new', { number: index + 1 }))}
        detailOf={shareOf}
        addLabel={say('form.rule.add')}
        empty={say('form.rules.none')}
        areOpen={rules.length <= 2}
        fresh={() => ({
          id: freshId('rule', rules),
          version: 1,
          names: { fi: '', sv: '', en: '' },
          numbers: [],
          recordingMonths: 2,
          from: today(zone).add({ days: 1 }).toString(),
        })}
      >
        {(path) => <RuleFields path={path} />}
      </Items>
    </Section>
  )
}
