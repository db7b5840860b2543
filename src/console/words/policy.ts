export const POLICY_EN = {
  'policy.title': 'Policy of {name}',
  'policy.tenantTitle': 'Policy for all connections',
  'policy.help':
    'What happens to joiners and leavers of this connection. What is not set here comes from its preset, then from the tenant, then it is as built in.',
  'policy.tenantHelp':
    'What holds for every connection that does not say otherwise. What is not set here comes from the preset, then it is as built in.',
  'policy.toTenant': 'Policy for all connections',
  'policy.toPlans': 'Open plans',
  'policy.preset': 'Preset',
  'policy.presetLabel': 'Take what is not set here from',
  'policy.noPreset': 'no preset',
  'policy.presetHelp': 'A preset is a set of values that fit together. Values that you set yourself count before it.',
  'policy.presetsShow': 'What each preset sets',
  'policy.presetIs.card-issuer':
    'For payment cards: who is deactivated loses access, whose record is deleted does not.',
  'policy.presetIs.card-issuer-strict-removal': 'The same, but a deleted record takes the access away as well.',
  'policy.presetIs.employee-programme': 'The roster is the truth: who is not in it is erased in the same cycle.',
  'policy.presetIs.spend-management':
    'Joiners wait for an invitation by hand, leavers lose access at once and keep their data.',
  'policy.presetIs.frontline': 'Invited on the first day; leavers are suspended for 30 days, then erased.',
  'policy.presetIs.recommended': 'Nobody is invited, taken over or erased without being asked for.',
  'policy.group.joiners': 'Joiners',
  'policy.group.leavers': 'Leavers',
  'policy.group.safety': 'What protects from mistakes',
  'policy.group.edits': 'What others change in the app',
  'policy.group.end': 'When the connection ends',
  'policy.inherit': 'as inherited: {value}',
  'policy.preview': 'Look who would change',
  'policy.previewHelp':
    'Nothing is changed by this. The next page shows who would be dealt with differently; there you save, or discard. With many people it takes a moment.',
  'policy.from.here': 'set here',
  'policy.from.connection preset': 'preset {preset}',
  'policy.from.tenant': 'from the tenant',
  'policy.from.tenant preset': 'preset {preset} of the tenant',
  'policy.from.built-in': 'built in',
  'policy.field.invite': 'When joiners are invited',
  'policy.field.inviteChannel': 'How they learn of it',
  'policy.field.inviteReminders': 'Reminders and end of an invite',
  'policy.field.match': 'Addresses that accounts are recognised by',
  'policy.field.adoptExisting': 'Accounts that exist already',
  'policy.field.onDeactivate': 'Who was deactivated',
  'policy.field.onDelete': 'Who was deleted at the source',
  'policy.field.onAbsence': 'Who is missing from a full roster',
  'policy.field.graceDays': 'Days of grace',
  'policy.field.erasureMode': 'After the grace',
  'policy.field.suspendScope': 'Invitations that nobody accepted',
  'policy.field.lastDay': 'Last day',
  'policy.field.guard': 'Guard',
  'policy.field.protected': 'Protected people',
  'policy.field.grantedBy': 'Who connected the source',
  'policy.field.manualEdits': 'Values that somebody changed in the app',
  'policy.field.manualMemberships': 'Memberships that others gave in the app',
  'policy.field.reconcile': 'Comparing all accounts',
  'policy.field.onDisconnect': 'Accounts after disconnecting',
  'policy.help.invite':
    'By hand, people wait until somebody invites them. With a first day they are invited at that moment; who has no day that can be read waits.',
  'policy.help.inviteChannel': 'The first way that can be used counts: an address for e-mail, a mobile number for SMS.',
  'policy.help.inviteReminders': 'After how many days an invite of ours is repeated, and when it ends.',
  'policy.help.match':
    'Any looks under each address of a person; where several accounts are found a human must choose.',
  'policy.help.adoptExisting':
    'An account of the same e-mail that Gangway did not make: taken over, or left alone until somebody says so.',
  'policy.help.onDeactivate': 'The account of somebody whom the source calls inactive.',
  'policy.help.onDelete': 'The account of somebody whose record the source has deleted.',
  'policy.help.onAbsence': 'A full roster names everybody who works here; these people are not in it.',
  'policy.help.graceDays':
    'Between the suspension and the end of an account. Who comes back within them has the same account again.',
  'policy.help.erasureMode': 'Where the app cannot erase or make anonymous, the account stays suspended.',
  'policy.help.suspendScope': 'What becomes of an invitation when its person leaves before accepting it.',
  'policy.help.lastDay':
    'From that moment on somebody counts as deactivated, even if the source still says active. Who has no such day stays.',
  'policy.help.guard': 'How many people may lose access before a human must agree. What is more is held, not lost.',
  'policy.help.protected':
    'Never suspended or erased by themselves: e-mail addresses, user names or external ids, one in each line. The lists of all layers count together.',
  'policy.help.grantedBy':
    'By a mere user’s connection nobody loses access; joiners and changes are delivered as usual.',
  'policy.help.manualEdits': 'What the app shows differs, while the source goes on saying the same.',
  'policy.help.manualMemberships':
    'Only groups that the connection has as well are looked at. What operators give in Gangway always stays.',
  'policy.help.reconcile': 'How often what the app has is compared with what should be there.',
  'policy.help.onDisconnect': 'Disconnecting shows first how many accounts that would be.',
};

export const POLICY_DE: Record<keyof typeof POLICY_EN, string> = {
  'policy.title': 'Richtlinie von {name}',
  'policy.tenantTitle': 'Richtlinie für alle Verbindungen',
  'policy.help':
    'Was bei Ein- und Austritten über diese Verbindung geschieht. Was hier nicht festgelegt ist, kommt aus der Vorlage, sonst vom Mandanten, sonst gilt der eingebaute Wert.',
  'policy.tenantHelp':
    'Was für jede Verbindung gilt, die nichts anderes sagt. Was hier nicht festgelegt ist, kommt aus der Vorlage, sonst gilt der eingebaute Wert.',
  'policy.toTenant': 'Richtlinie für alle Verbindungen',
  'policy.toPlans': 'Offene Pläne',
  'policy.preset': 'Vorlage',
  'policy.presetLabel': 'Was hier nicht festgelegt ist, kommt aus',
  'policy.noPreset': 'keiner Vorlage',
  'policy.presetHelp':
    'Eine Vorlage ist ein Satz von Werten, die zueinander passen. Was Sie selbst festlegen, geht ihr vor.',
  'policy.presetsShow': 'Was jede Vorlage festlegt',
  'policy.presetIs.card-issuer':
    'Für Zahlungskarten: Wer deaktiviert wird, verliert den Zugang; wessen Datensatz gelöscht wird, nicht.',
  'policy.presetIs.card-issuer-strict-removal': 'Ebenso, nur nimmt auch ein gelöschter Datensatz den Zugang.',
  'policy.presetIs.employee-programme':
    'Die Mitarbeiterliste ist die Wahrheit: Wer nicht darin steht, wird im selben Durchgang gelöscht.',
  'policy.presetIs.spend-management':
    'Neue warten auf eine Einladung von Hand; wer ausscheidet, verliert sofort den Zugang und behält seine Daten.',
  'policy.presetIs.frontline': 'Einladung am ersten Tag; wer ausscheidet, wird für 30 Tage gesperrt und dann gelöscht.',
  'policy.presetIs.recommended': 'Niemand wird ungefragt eingeladen, übernommen oder gelöscht.',
  'policy.group.joiners': 'Eintritte',
  'policy.group.leavers': 'Austritte',
  'policy.group.safety': 'Was vor Fehlern schützt',
  'policy.group.edits': 'Was andere in der App ändern',
  'policy.group.end': 'Wenn die Verbindung endet',
  'policy.inherit': 'wie übernommen: {value}',
  'policy.preview': 'Ansehen, für wen sich etwas ändert',
  'policy.previewHelp':
    'Damit ändert sich noch nichts. Die nächste Seite zeigt, mit wem anders verfahren würde; dort speichern oder verwerfen Sie. Bei vielen Personen dauert es einen Moment.',
  'policy.from.here': 'hier festgelegt',
  'policy.from.connection preset': 'Vorlage {preset}',
  'policy.from.tenant': 'vom Mandanten',
  'policy.from.tenant preset': 'Vorlage {preset} des Mandanten',
  'policy.from.built-in': 'eingebaut',
  'policy.field.invite': 'Wann neue Personen eingeladen werden',
  'policy.field.inviteChannel': 'Wie sie davon erfahren',
  'policy.field.inviteReminders': 'Erinnerungen und Ende einer Einladung',
  'policy.field.match': 'Adressen, an denen Konten erkannt werden',
  'policy.field.adoptExisting': 'Bereits vorhandene Konten',
  'policy.field.onDeactivate': 'Wer deaktiviert wurde',
  'policy.field.onDelete': 'Wer an der Quelle gelöscht wurde',
  'policy.field.onAbsence': 'Wer in einer vollständigen Mitarbeiterliste fehlt',
  'policy.field.graceDays': 'Schonfrist in Tagen',
  'policy.field.erasureMode': 'Nach der Schonfrist',
  'policy.field.suspendScope': 'Einladungen, die niemand angenommen hat',
  'policy.field.lastDay': 'Letzter Tag',
  'policy.field.guard': 'Schutzgrenze',
  'policy.field.protected': 'Geschützte Personen',
  'policy.field.grantedBy': 'Wer die Quelle verbunden hat',
  'policy.field.manualEdits': 'Werte, die jemand in der App geändert hat',
  'policy.field.manualMemberships': 'Mitgliedschaften, die andere in der App vergeben haben',
  'policy.field.reconcile': 'Abgleich aller Konten',
  'policy.field.onDisconnect': 'Konten nach dem Trennen',
  'policy.help.invite':
    'Von Hand heißt: Personen warten, bis jemand sie einlädt. Mit einem ersten Tag werden sie zu diesem Zeitpunkt eingeladen; wer keinen lesbaren Tag hat, wartet.',
  'policy.help.inviteChannel':
    'Der erste Weg, der möglich ist, gilt: eine Adresse für E-Mail, eine Mobilnummer für SMS.',
  'policy.help.inviteReminders': 'Nach wie vielen Tagen unsere Einladung wiederholt wird und wann sie endet.',
  'policy.help.match':
    'Mit „alle“ wird unter jeder Adresse einer Person gesucht; bei mehreren Treffern muss ein Mensch wählen.',
  'policy.help.adoptExisting':
    'Ein Konto mit derselben E-Mail-Adresse, das nicht von Gangway stammt: Es wird übernommen oder bleibt unberührt, bis jemand entscheidet.',
  'policy.help.onDeactivate': 'Das Konto einer Person, die die Quelle inaktiv nennt.',
  'policy.help.onDelete': 'Das Konto einer Person, deren Datensatz die Quelle gelöscht hat.',
  'policy.help.onAbsence': 'Eine vollständige Liste nennt alle, die hier arbeiten; diese Personen stehen nicht darin.',
  'policy.help.graceDays':
    'Zwischen der Sperre und dem Ende eines Kontos. Wer in dieser Zeit zurückkommt, erhält dasselbe Konto wieder.',
  'policy.help.erasureMode': 'Wo die App nicht löschen oder anonymisieren kann, bleibt das Konto gesperrt.',
  'policy.help.suspendScope': 'Was aus einer Einladung wird, wenn die Person vor dem Annehmen ausscheidet.',
  'policy.help.lastDay':
    'Ab diesem Zeitpunkt gilt jemand als deaktiviert, auch wenn die Quelle noch aktiv sagt. Wer keinen solchen Tag hat, bleibt.',
  'policy.help.guard':
    'Wie viele Personen den Zugang verlieren dürfen, bevor ein Mensch zustimmen muss. Was darüber liegt, wird angehalten und geht nicht verloren.',
  'policy.help.protected':
    'Werden nie von selbst gesperrt oder gelöscht: E-Mail-Adressen, Benutzernamen oder externe Kennungen, eine pro Zeile. Die Listen aller Ebenen gelten zusammen.',
  'policy.help.grantedBy':
    'Über die Verbindung eines gewöhnlichen Benutzers verliert niemand den Zugang; Eintritte und Änderungen laufen wie gewohnt.',
  'policy.help.manualEdits': 'Die App zeigt etwas anderes, während die Quelle weiterhin dasselbe sagt.',
  'policy.help.manualMemberships':
    'Angesehen werden nur Gruppen, die auch die Verbindung hat. Was in Gangway vergeben wurde, bleibt immer.',
  'policy.help.reconcile': 'Wie oft verglichen wird, was die App hat und was dort sein soll.',
  'policy.help.onDisconnect': 'Das Trennen zeigt vorher, wie viele Konten das betrifft.',
};
