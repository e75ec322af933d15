import { useLanguage } from '../../language/use-words.ts'
import type { Path } from '../edits.ts'
import { Optional } from './optional.tsx'
import { PathText, PathTrilingual, Together } from './path-fields.tsx'
import { Section } from './section.tsx'

const officer: Path = ['contacts', 'dataProtectionOfficer']

/** Contacts for data protection and for accessibility (L2, L34). */
export function ContactsSection() {
  const { say } = useLanguage()
  return (
    <Section name="contacts" title={say('form.contacts')}>
      <Together path={['contacts', 'accessibility']} label={say('form.accessibility')}>
        <div className="row-fields">
          <PathText
            path={['contacts', 'accessibility', 'email']}
            label={say('form.email')}
            inputMode="email"
            className="grow"
          />
          <PathText
            path={['contacts', 'accessibility', 'phone']}
            label={say('form.phone.optional')}
            inputMode="tel"
            isOptional
          />
        </div>
      </Together>
      <Together path={officer} label={say('form.officer')} hint={say('form.officer.hint')}>
        <Optional
          path={officer}
          addLabel={say('form.officer.add')}
          removeLabel={say('form.officer.remove')}
          fresh={() => ({ address: { fi: '', sv: '', en: '' }, email: '', phone: '' })}
        >
          <PathTrilingual path={[...officer, 'address']} label={say('form.address')} />
          <div className="row-fields">
            <PathText path={[...officer, 'email']} label={say('form.email')} inputMode="email" className="grow" />
            <PathText path={[...officer, 'phone']} label={say('form.phone')} inputMode="tel" />
          </div>
        </Optional>
      </Together>
    </Section>
  )
}
