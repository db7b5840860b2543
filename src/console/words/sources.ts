/** What is said of each source, and its steps: words on screens of its own are as the source writes them. */
export const SOURCES_EN = {
  'sources.okta.help': 'Okta sends people and groups by SCIM, from an app of your own.',
  'sources.okta.1':
    'In Okta: Applications → Create App Integration, then SAML 2.0 or SWA. On the tab General set Provisioning to SCIM.',
  'sources.okta.2': 'On Provisioning → Integration choose Edit and paste the values of the table.',
  'sources.okta.3': 'Press Test Connector Configuration. An empty list is right. Then Save.',
  'sources.okta.4':
    'On Provisioning → To App enable Create Users, Update User Attributes and Deactivate Users. Assign one person first.',
  'sources.entra.help': 'Entra ID sends people and groups by SCIM, from an enterprise application.',
  'sources.entra.1':
    'In the Entra admin center: Enterprise applications → New application → Create your own application (Non-gallery).',
  'sources.entra.2': 'Open Provisioning → New configuration and paste the values of the table.',
  'sources.entra.3': 'Press Test Connection, then Create. In the attribute mapping set externalId to objectId.',
  'sources.entra.4': 'Add one person under Users and groups, and use Provision on demand for that person first.',
  'sources.google.help': 'Google Workspace sends to no SCIM server of your choice, so Gangway fetches the people.',
  'sources.google.1':
    'In the Google Cloud console: make a project, switch on the Admin SDK API, make a service account and a JSON key.',
  'sources.google.2':
    'In the Admin console: Security → API controls → Domain-wide delegation. Add the client ID of the service account with the scope for reading users.',
  'sources.google.3':
    'Set up the feed here, of the kind Google, and try it out. It says who would come before it saves.',
  'sources.onelogin.help': 'OneLogin sends people by SCIM, from the app SCIM Provisioner with SAML.',
  'sources.onelogin.1': 'In OneLogin: Applications → Add App. Add SCIM Provisioner with SAML (SCIM v2 Enterprise).',
  'sources.onelogin.2': 'On the tab Configuration paste the values of the table and the template of the guide.',
  'sources.onelogin.3': 'Press Enable under API Connection, then Save. Set SCIM Username to Email under Parameters.',
  'sources.onelogin.4':
    'On Provisioning tick Enable provisioning. Give the app to one person first and approve the task.',
  'sources.jumpcloud.help': 'JumpCloud sends people and groups by SCIM, from a custom application.',
  'sources.jumpcloud.1':
    'In JumpCloud: SSO Applications → Add New Application → Custom Application, with Export users to this app.',
  'sources.jumpcloud.2': 'Paste the values of the table. The test user must be an address of your own domain.',
  'sources.jumpcloud.3':
    'Press Test Connection, then Activate. The test makes a user and deletes it: do not enable the connection before.',
  'sources.jumpcloud.4': 'On the tab User Groups choose a group with one person first.',
  'sources.hr.name': 'Personio or another HR system',
  'sources.hr.help': 'An export of all active employees as CSV, XML or JSON: uploaded, sent by a script, or fetched.',
  'sources.hr.1': 'In the HR system: export all active employees with personnel number, name and e-mail address.',
  'sources.hr.2': 'Upload the file here and only look: you see what each row would become, and nothing is changed.',
  'sources.hr.3': 'If columns are not understood, say under Roster which column is what.',
  'sources.hr.4': 'For a regular rhythm let Gangway fetch the file (Feed), or send it by a script: see the guide.',
  'sources.scim.name': 'Any SCIM 2.0 client',
  'sources.scim.help':
    'Whatever speaks SCIM 2.0 with a bearer token or OAuth: other providers, or a script of your own.',
  'sources.scim.1': 'Look in your client for provisioning by SCIM 2.0.',
  'sources.scim.2': 'Paste the values of the table where it asks for them.',
  'sources.scim.3': 'Let it send one person first, and look at what arrives.',
};

export const SOURCES_DE: Record<keyof typeof SOURCES_EN, string> = {
  'sources.okta.help': 'Okta sendet Personen und Gruppen über SCIM, aus einer eigenen App.',
  'sources.okta.1':
    'In Okta: Applications → Create App Integration, dann SAML 2.0 oder SWA. Stellen Sie auf dem Reiter General das Feld Provisioning auf SCIM.',
  'sources.okta.2': 'Wählen Sie unter Provisioning → Integration Edit und tragen Sie die Werte der Tabelle ein.',
  'sources.okta.3': 'Drücken Sie Test Connector Configuration. Eine leere Liste ist richtig. Danach Save.',
  'sources.okta.4':
    'Schalten Sie unter Provisioning → To App Create Users, Update User Attributes und Deactivate Users ein. Weisen Sie zuerst nur eine Person zu.',
  'sources.entra.help': 'Entra ID sendet Personen und Gruppen über SCIM, aus einer Unternehmensanwendung.',
  'sources.entra.1':
    'Im Entra Admin Center: Enterprise applications → New application → Create your own application (Non-gallery).',
  'sources.entra.2': 'Öffnen Sie Provisioning → New configuration und tragen Sie die Werte der Tabelle ein.',
  'sources.entra.3':
    'Drücken Sie Test Connection, dann Create. Setzen Sie in der Attributzuordnung externalId auf objectId.',
  'sources.entra.4':
    'Fügen Sie unter Users and groups eine Person hinzu und stellen Sie zuerst nur diese mit Provision on demand bereit.',
  'sources.google.help':
    'Google Workspace sendet nicht an einen SCIM-Server Ihrer Wahl. Deshalb ruft Gangway die Personen ab.',
  'sources.google.1':
    'In der Google Cloud Console: Legen Sie ein Projekt an, schalten Sie die Admin SDK API ein und erstellen Sie ein Dienstkonto mit JSON-Schlüssel.',
  'sources.google.2':
    'In der Admin-Konsole: Security → API controls → Domain-wide delegation. Tragen Sie die Client-ID des Dienstkontos mit dem Lesebereich für Nutzer ein.',
  'sources.google.3':
    'Richten Sie hier den Abruf der Art Google ein und probieren Sie ihn aus. Vor dem Speichern sehen Sie, wer käme.',
  'sources.onelogin.help': 'OneLogin sendet Personen über SCIM, aus der App SCIM Provisioner with SAML.',
  'sources.onelogin.1':
    'In OneLogin: Applications → Add App. Fügen Sie SCIM Provisioner with SAML (SCIM v2 Enterprise) hinzu.',
  'sources.onelogin.2':
    'Tragen Sie auf dem Reiter Configuration die Werte der Tabelle und die Vorlage aus der Anleitung ein.',
  'sources.onelogin.3':
    'Drücken Sie unter API Connection Enable, dann Save. Setzen Sie unter Parameters SCIM Username auf Email.',
  'sources.onelogin.4':
    'Haken Sie unter Provisioning Enable provisioning an. Geben Sie die App zuerst nur einer Person und genehmigen Sie die Aufgabe.',
  'sources.jumpcloud.help': 'JumpCloud sendet Personen und Gruppen über SCIM, aus einer eigenen Anwendung.',
  'sources.jumpcloud.1':
    'In JumpCloud: SSO Applications → Add New Application → Custom Application, mit Export users to this app.',
  'sources.jumpcloud.2':
    'Tragen Sie die Werte der Tabelle ein. Als Testperson brauchen Sie eine Adresse Ihrer eigenen Domäne.',
  'sources.jumpcloud.3':
    'Drücken Sie Test Connection, dann Activate. Der Test legt eine Person an und löscht sie wieder: Schalten Sie die Verbindung vorher nicht ein.',
  'sources.jumpcloud.4': 'Wählen Sie auf dem Reiter User Groups zuerst eine Gruppe mit nur einer Person.',
  'sources.hr.name': 'Personio oder ein anderes Personalsystem',
  'sources.hr.help':
    'Ein Export aller aktiven Beschäftigten als CSV, XML oder JSON: hochgeladen, per Skript gesendet oder abgerufen.',
  'sources.hr.1':
    'Im Personalsystem: Exportieren Sie alle aktiven Beschäftigten mit Personalnummer, Name und E-Mail-Adresse.',
  'sources.hr.2':
    'Laden Sie die Datei hier hoch, zunächst nur zum Ansehen: Sie sehen, was aus jeder Zeile würde, und nichts wird geändert.',
  'sources.hr.3': 'Wenn Spalten nicht verstanden werden, sagen Sie unter Mitarbeiterliste, welche Spalte was ist.',
  'sources.hr.4':
    'Für einen festen Rhythmus lassen Sie Gangway die Datei abrufen (Abruf) oder senden Sie sie per Skript: siehe Anleitung.',
  'sources.scim.name': 'Ein beliebiger SCIM-2.0-Client',
  'sources.scim.help':
    'Alles, was SCIM 2.0 mit Bearer-Token oder OAuth spricht: andere Anbieter oder ein eigenes Skript.',
  'sources.scim.1': 'Suchen Sie in Ihrem Client die Bereitstellung (Provisioning) über SCIM 2.0.',
  'sources.scim.2': 'Tragen Sie die Werte der Tabelle dort ein, wo er danach fragt.',
  'sources.scim.3': 'Lassen Sie ihn zuerst nur eine Person senden und sehen Sie sich an, was ankommt.',
};
