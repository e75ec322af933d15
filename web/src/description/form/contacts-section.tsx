import { useLanguage } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { Optional } from './optional.tsx'
import { PathText, PathTrilingual, FieldGroup } from './path-fields.tsx'
import { Section } from './section.tsx'

const officer: Path = ['contacts', 'dataProtectionOfficer']

/** Contacts for data protection and for accessibility (L2, L34). */
export function ContactsSection() {
  const { t } = useLanguage()
  return (
    <Section name="contacts" title={t('form.contacts')}>
      <FieldGroup path={['contacts', 'accessibility']} label={t('form.accessibility')}>
        <div className="row-fields">
          <PathText
            path={['contacts', 'accessibility', 'email']}
            label={t('form.email')}
            inputMode="email"
            className="grow"
          />
          <PathText
            path={['contacts', 'accessibility', 'phone']}
            label={t('form.phone.optional')}
            inputMode="tel"
            isOptional
          />
        </div>
      </FieldGroup>
      <FieldGroup path={officer} label={t('form.officer')} hint={t('form.officer.hint')}>
        <Optional
          path={officer}
          addLabel={t('form.officer.add')}
          removeLabel={t('form.officer.remove')}
          fresh={() => ({ address: { fi: '', sv: '', en: '' }, email: '', phone: '' })}
        >
          <PathTrilingual path={[...officer, 'address']} label={t('form.address')} />
          <div className="row-fields">
            <PathText path={[...officer, 'email']} label={t('form.email')} inputMode="email" className="grow" />
            <PathText path={[...officer, 'phone']} label={t('form.phone')} inputMode="tel" />
          </div>
        </Optional>
      </FieldGroup>
    </Section>
  )
}
