import { today } from '@internationalized/date'
import { zone } from '../../format/instant.ts'
import { formatShare } from '../../format/number.ts'
import { useLanguage } from '../../language/use-words.ts'
import { readAt } from '../edits.ts'
import { freshId } from './fresh-id.ts'
import { useForm, useItems } from './form-state.tsx'
import { Optional } from './optional.tsx'
import { PathDay, PathNumber, PathText, PathToggle, FieldGroup, useNameOf } from './path-fields.tsx'
import { RuleFields } from './rule-fields.tsx'
import { Items, Section } from './section.tsx'

/** Recording plan (R13-R15): the rules and what applies to all of them. */
export function PlanSection() {
  const { t, language } = useLanguage()
  const { document } = useForm()
  const nameOf = useNameOf()
  const rules = useItems(['recordingPlan', 'rules'])
  const shareOf = (rule: unknown) => {
    const share = readAt(rule, ['share']) ?? readAt(document, ['recordingPlan', 'defaultShare'])
    const months = readAt(rule, ['recordingMonths'])
    const text = [
      typeof share === 'number' && formatShare(share, language),
      typeof months === 'number' && t('form.months', { count: months }),
    ]
    return text.filter(Boolean).join(', ')
  }
  return (
    <Section name="plan" title={t('form.plan')} summary={t('form.plan.summary', { count: rules.length })}>
      <PathNumber
        path={['recordingPlan', 'defaultShare']}
        label={t('form.defaultShare')}
        hint={t('form.defaultShare.hint')}
        isPercent
      />
      <PathToggle
        path={['recordingPlan', 'recordForwarded']}
        label={t('form.forwarded')}
        hint={t('form.forwarded.hint')}
      />
      <FieldGroup
        path={['recordingPlan', 'cooperation']}
        label={t('form.cooperation')}
        hint={t('form.cooperation.hint')}
      >
        <Optional
          path={['recordingPlan', 'cooperation']}
          addLabel={t('form.cooperation.add')}
          removeLabel={t('form.cooperation.remove')}
          fresh={() => ({ decidedOn: today(zone).toString(), document: '' })}
        >
          <div className="row-fields">
            <PathDay path={['recordingPlan', 'cooperation', 'decidedOn']} label={t('form.cooperation.day')} />
            <PathText
              path={['recordingPlan', 'cooperation', 'document']}
              label={t('form.cooperation.document')}
              className="grow"
            />
          </div>
        </Optional>
      </FieldGroup>
      <h4 className="small-heading">{t('form.rules')}</h4>
      <Items
        path={['recordingPlan', 'rules']}
        titleOf={(rule, index) => nameOf(readAt(rule, ['names']), t('form.rule.new', { number: index + 1 }))}
        detailOf={shareOf}
        addLabel={t('form.rule.add')}
        empty={t('form.rules.none')}
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
