//! Words that say what stands beside them, by topic, in the languages of the rules.

macro_rules! topics {
    ($($(#[$doc:meta])* $topic:ident: [$($word:literal),* $(,)?])*) => {
        /// What a word is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Topic { $($(#[$doc])* $topic,)* }

        /// The words of each topic, in small letters. Short ones count as whole words only; see `context`.
        pub(super) const WORDS: &[(Topic, &[&str])] = &[$((Topic::$topic, &[$($word),*]),)*];
    };
}

topics! {
    /// Identity in general.
    Identity: [
        "national id", "identity card", "identity number", "identity code", "id number", "id card", "identification",
        "personal number", "personal code", "citizen", "tax id", "tax number", "taxpayer", "tin",
        "identification card", "carte d'identité", "carte nationale", "carta d'identità", "identiteitskaart",
        "identiteitsbewijs", "cédula", "documento de identidad", "carnet de identidad", "identity no",
        "citizen card", "id kartı", "henkilökortti", "id-kort", "bilhete de identidade", "cartão de cidadão",
        "občanský průkaz",
        "identity document", "id document", "proof of identity",
    ]
    /// Social security and taxpayers of the US.
    Ssn: [
        "ssn", "social security", "soc sec", "taxpayer", "itin", "tax id", "w-7", "w-2", "last four",
        "socialsecurity", "social_security", "ss#", "soc. sec", "s.s.n", "ss no", "ss number", "social sec",
    ]
    /// Employers of the US.
    Ein: [
        "ein", "fein", "employer id", "employer identification", "w-9", "1099", "federal tax id", "federal id",
        "tax id", "e.i.n", "federal tax",
    ]
    /// Tax preparers.
    Ptin: ["ptin", "preparer"]
    /// Payment cards.
    Card: [
        "card", "visa", "mastercard", "amex", "american express", "cvv", "cvc", "expir", "exp date", "valid thru",
        "valid until", "payment", "discover", "diners", "maestro", "kreditkarte", "carte bancaire", "tarjeta", "cc#",
        "ccnum", "cc no", "cc number", "cc:", "expires", "expiry", "kredi kartı", "kartennummer", "kortnummer",
        "numer karty", "cartão", "carta di credito", "numero carta", "numéro de carte", "luottokortti",
        "korttinumero", "карта", "карты", "カード", "카드", "信用卡", "银行卡", "卡号", "cardnumber", "cardno", "card no",
    ]
    /// Their verification codes.
    Cvv: [
        "cvv", "cvc", "cvv2", "cvc2", "cid", "card verification", "security code", "card code", "prüfziffer", "cvn",
        "codice di sicurezza", "código de seguridad", "código de segurança", "code de sécurité",
        "cryptogramme", "kartenprüfnummer", "beveiligingscode",
    ]
    /// When they expire, as forms ask for it.
    Expiry: [
        "expiry", "expires", "expiration", "exp date", "exp. date", "valid thru", "valid until", "mm/yy", "mm / yy",
        "gültig bis", "ablaufdatum", "date d'expiration", "fecha de caducidad", "data di scadenza", "vervaldatum",
        "exp", "exp.", "expiration date", "exp month", "good thru", "good through", "validity date", "geldig tot",
        "ważna do", "giltig till", "son kullanma", "有効期限", "유효기간", "有效期",
    ]
    /// Routing numbers of banks.
    Routing: ["routing", "aba", "rtn", "transit number", "bank", "ach", "fedwire"]
    /// Bank accounts.
    Account: [
        "account number", "account no", "account num", "account#", "account #", "acct", "bank account",
        "checking account", "savings account", "account:", "accountnumber", "account_number", "kontonummer",
        "cuenta bancaria", "numéro de compte", "konto nr", "sort code", "acc no", "acc number", "account nr",
        "account nbr", "a/c", "checking acct", "kontonr", "konto:", "bankkonto", "bankverbindung",
        "número de cuenta", "nº de cuenta", "cuenta corriente", "numero di conto", "conto corrente",
        "compte bancaire", "n° de compte", "rekeningnummer", "numer konta", "numer rachunku", "kontonumer",
        "tilinumero", "bankkontonummer", "conta bancária", "conta corrente", "número da conta", "hesap numarası",
        "hesap no", "口座番号", "계좌번호", "银行账号", "账号",
    ]
    /// Business identifier codes.
    Swift: ["swift", "bic"]
    /// IBAN.
    Iban: ["iban"]
    /// Telephones.
    Phone: [
        "phone", "telephone", "mobile", "cell", "fax", "tel", "call", "call me", "sms", "text me", "whatsapp",
        "telefon", "móvil", "teléfono", "telefone", "celular", "handy", "rufnummer", "téléphone", "portable",
        "mobil", "puhelin", "telefoon", "cep", "gsm", "phones", "contact", "reach me", "dial", "number is",
        "hotline", "ph:", "ph.", "ph no", "ph#", "tlf", "tél", "telefono", "movil", "cellulare", "cell.", "número de móvil",
        "telephone no", "komórka", "puh", "puhelinnumero", "call us", "телефон", "тел", "мобильный", "電話", "携帯",
        "电话", "手机", "전화", "휴대폰", "핸드폰", "फ़ोन", "मोबाइल", "โทร",
    ]
    /// Dates of birth.
    Birth: [
        "born", "dob", "d.o.b", "birth", "birthday", "geburtsdatum", "geboren", "date de naissance", "née le",
        "né le", "fecha de nacimiento", "nacido", "nacida", "data di nascita", "nato il", "nata il",
        "data de nascimento", "födelsedatum", "syntymäaika", "geboortedatum", "data urodzenia", "doğum tarihi",
        "生年月日", "生日", "출생", "생년월일", "geb.", "geburtstag", "date of b", "nascido", "nascida", "doğum", "d. o. b",
        "nacimiento", "naissance", "nascita", "né à", "urodzony", "urodzona", "data ur", "född", "fødselsdato",
        "fødselsdag", "syntynyt", "syntymäpäivä", "geboren op", "дата рождения", "родился", "родилась", "출생일",
        "जन्म", "出生", "birthdate", "birth date",
        "geb am", "geb. am",
    ]
    /// Passports.
    Passport: [
        "passport", "pasaporte", "reisepass", "passeport", "passaporto", "passaporte", "paszport", "pasaport",
        "paspoort", "pass-nr", "passnummer", "passnr", "pass nr", "여권", "旅券", "护照", "travel document", "паспорт",
        "passport#", "passi", "passnumero", "パスポート",
    ]
    /// Driving licences.
    Licence: [
        "driver's license", "driver’s license", "driver license", "drivers license", "drivers licence",
        "driver licence", "driver's licence", "driving licence", "driving license", "driver's lic", "drivers lic",
        "driver lic", "license number", "licence number", "license no", "licence no", "license #", "licence #",
        "license:", "licence:", "dl", "dl#", "dln", "dlno", "führerschein", "fuehrerschein", "permis de conduire",
        "permiso de conducir", "patente", "rijbewijs", "körkort", "ajokortti", "prawo jazdy",
        "carteira de habilitação", "cnh", "운전면허", "driving", "dvla", "carnet de conducir", "licencia de conducir",
        "carta di guida", "fahrerlaubnis", "permis no", "sürücü belgesi", "ehliyet", "運転免許", "驾驶证", "prawa jazdy",
        "førerkort", "kørekort",
    ]
    /// Number plates.
    Vehicle: [
        "plate", "registration", "license plate", "number plate", "car reg", "vehicle", "vrn", "plaka",
        "kennzeichen", "matrícula", "targa", "immatriculation", "rc number", "vehicle no", "plaque", "nummernschild",
        "rego", "rejestracyjny", "registreringsnummer", "nummerplaat", "kenteken", "rekisterinumero",
        "reg no", "reg. no", "номерной знак", "车牌", "차량번호", "ナンバープレート",
    ]
    /// Addresses.
    Postal: [
        "address", "postcode", "post code", "postal code", "zip", "zip code", "zipcode", "ship to", "plz",
        "postleitzahl", "code postal", "código postal", "postnummer", "mail to", "deliver", "adresse", "anschrift",
        "wohnhaft", "dirección", "indirizzo", "domicilio", "adres", "osoite", "endereço", "住所", "주소", "地址",
        "pin code",
    ]
    /// Numbers of the United Kingdom.
    Uk: [
        "nino", "national insurance", "ni number", "ni no", "paye", "p60", "p45", "hmrc", "trn",
        "temporary reference", "nat. ins", "nat ins", "ni nr",
    ]
    /// Taxpayers of the United Kingdom.
    Utr: ["utr", "unique taxpayer", "self assessment", "tax reference"]
    /// The UK's health service.
    Nhs: ["nhs", "health service", "patient"]
    /// Numbers of Germany.
    De: [
        "steuer-id", "steuerid", "steueridentifikationsnummer", "identifikationsnummer", "idnr", "id-nr", "tin",
        "steuernummer", "steuer-nr", "steuernr", "st.-nr", "finanzamt", "elster", "steueridentnummer",
        "steuer-identifikation", "steuer-idnr",
    ]
    /// Identity cards of Germany.
    DeCard: ["personalausweis", "ausweis", "ausweisnummer", "perso"]
    /// Social insurance of Germany.
    DeSocial: [
        "rvnr", "rentenversicherung", "sozialversicherung", "sv-nummer", "versicherungsnummer", "svnr", "sozialvers",
        "rv-nummer", "sv-nr", "sv-nr.",
    ]
    /// Health insurance of Germany.
    DeHealth: [
        "kvnr", "krankenversicherung", "krankenkasse", "versichertennummer", "versichertennr", "gesundheitskarte",
        "egk", "kv-nr", "kv-nummer", "versicherten-nr",
    ]
    /// Physicians of Germany.
    DePhysician: ["lanr", "bsnr", "arztnummer", "betriebsstätten", "betriebsstaetten", "arzt", "praxis"]
    /// Value added tax.
    Vat: [
        "vat", "ust-id", "ust-idnr", "ustid", "umsatzsteuer", "tva", "iva", "btw", "mwst", "partita iva", "p.iva",
        "p. iva", "moms", "gst",
    ]
    /// Numbers of France.
    Fr: [
        "nir", "sécurité sociale", "securite sociale", "numéro de sécu", "numero de secu", "insee", "carte vitale",
        "numéro fiscal", "numero fiscal", "spi", "siren", "siret", "carte d'identité", "sécu", "nss",
        "référence fiscale", "n° fiscal", "sécurité soc",
    ]
    /// Numbers of Spain.
    Es: [
        "nif", "dni", "nie", "cif", "extranjero", "identidad", "seguridad social", "naf", "nss", "nuss",
        "número de afiliación", "seguridad soc", "d.n.i", "n.i.f", "n.i.e", "c.i.f", "documento nacional",
    ]
    /// Numbers of Italy.
    It: [
        "codice fiscale", "cod. fisc", "c.f.", "cf", "partita iva", "p.iva", "p. iva", "piva", "carta d'identità",
        "carta di identità", "carta d'identita", "cod. fiscale", "codice fisc", "cod fiscale", "part. iva",
        "part iva", "tessera sanitaria",
    ]
    /// Numbers of Poland.
    Pl: ["pesel", "nip", "dowód", "dowod", "dowodu", "numer identyfikacyjny"]
    /// Numbers of Sweden.
    Se: [
        "personnummer", "pnr", "samordningsnummer", "person-nr", "organisationsnummer", "företag", "bolag",
        "company identity", "org.nr", "orgnr", "org nr", "födelsenummer", "personnr", "pers.nr",
    ]
    /// Numbers of Finland.
    Fi: ["henkilötunnus", "hetu", "personbeteckning", "identity code", "sosiaaliturvatunnus", "sotu"]
    /// Numbers of Norway.
    No: ["fødselsnummer", "fodselsnummer", "personnummer", "fnr", "personnr"]
    /// Numbers of Denmark.
    Dk: ["cpr", "personnummer"]
    /// Numbers of the Netherlands.
    Nl: ["bsn", "burgerservicenummer", "sofinummer"]
    /// Numbers of Belgium.
    Be: ["rijksregister", "numéro national", "numero national", "registre national", "insz", "niss", "nrn"]
    /// Numbers of Portugal.
    Pt: ["nif", "contribuinte", "nipc", "número fiscal", "n.i.f"]
    /// Numbers of Ireland.
    Ie: ["pps", "ppsn", "personal public service"]
    /// Numbers of Switzerland.
    Ch: ["ahv", "avs", "oasi", "sozialversicherung", "ahvn13", "ahvn", "numéro avs"]
    /// Numbers of Austria.
    At: ["svnr", "sv-nr", "sozialversicherung", "sv-nummer", "versicherungsnummer"]
    /// Numbers of Czechia and Slovakia.
    Cz: ["rodné číslo", "rodne cislo", "rč", "r.č", "rodné č", "rodného čísla"]
    /// Numbers of Romania.
    Ro: ["cnp", "cod numeric personal", "c.n.p"]
    /// Numbers of Bulgaria.
    Bg: ["egn", "егн", "единен граждански"]
    /// Numbers of Croatia.
    Hr: ["oib", "osobni identifikacijski"]
    /// Numbers of Estonia and Lithuania.
    Baltic: ["isikukood", "asmens kodas", "personal code", "a.k.", "personas kods", "asmens k"]
    /// Numbers of Greece.
    Gr: ["amka", "αμκα", "afm", "αφμ", "α.μ.κ.α"]
    /// Numbers of Slovenia and its neighbours.
    Si: ["emšo", "emso", "jmbg", "matični broj", "enotna matična"]
    /// Numbers of Russia.
    Ru: ["инн", "inn", "снилс", "snils", "идентификационный номер", "страховой номер"]
    /// Numbers of Canada.
    Ca: ["sin", "social insurance", "assurance sociale", "nas", "s.i.n", "n.a.s"]
    /// Numbers of Australia.
    Au: ["tfn", "tax file", "abn", "acn", "business number", "company number", "australian", "t.f.n", "a.b.n", "a.c.n"]
    /// Medicare.
    Medicare: ["medicare", "mbi", "beneficiary"]
    /// Numbers of New Zealand.
    Nz: ["ird", "inland revenue"]
    /// Numbers of India.
    In: [
        "aadhaar", "aadhar", "uidai", "आधार", "pan", "pan card", "permanent account", "gstin", "gst", "voter",
        "epic", "elector", "मतदाता", "पैन",
    ]
    /// Numbers of Korea.
    Kr: [
        "주민등록", "주민번호", "외국인등록", "사업자", "rrn", "resident registration", "alien registration",
        "foreigner registration", "business registration", "brn", "frn",
    ]
    /// Numbers of Japan.
    Jp: ["my number", "mynumber", "マイナンバー", "個人番号", "individual number"]
    /// Numbers of China.
    Cn: ["身份证", "居民身份", "resident identity", "身分證", "公民身份"]
    /// Numbers of Taiwan.
    Tw: ["身分證", "統一編號", "national id", "arc number"]
    /// Numbers of Hong Kong.
    Hk: ["hkid", "身份證", "hong kong identity", "hong kong id", "香港身份"]
    /// Numbers of Singapore.
    Sg: ["nric", "fin", "uen", "singpass", "unique entity"]
    /// Numbers of Thailand.
    Th: ["เลขประจำตัวประชาชน", "thai id", "citizen id", "บัตรประชาชน"]
    /// Numbers of Malaysia.
    My: ["mykad", "nric", "kad pengenalan", "ic no", "ic number"]
    /// Numbers of Indonesia.
    Id: ["nik", "ktp", "nomor induk"]
    /// Numbers of the Philippines.
    Ph: ["tin", "bir", "philsys", "umid"]
    /// Numbers of Pakistan.
    Pk: ["cnic", "nicop", "nadra", "nic no", "nic number"]
    /// Numbers of Israel.
    Il: ["teudat zehut", "תעודת זהות", "ת.ז", "israeli id", "מספר זהות", "ת\"ז", "ת״ז"]
    /// Numbers of the Emirates.
    Ae: ["emirates id", "هوية", "emirates", "eid"]
    /// Numbers of Nigeria.
    Ng: ["nin", "nimc", "national identification"]
    /// Numbers of South Africa.
    Za: ["south african id", "rsa id", "said", "refugee id", "sa id"]
    /// Numbers of Turkey.
    Tr: ["kimlik", "tckn", "tc no", "t.c.", "tc kimlik", "vatandaşlık"]
    /// Numbers of Brazil.
    Br: ["cpf", "cnpj", "cadastro de pessoa", "c.p.f"]
    /// Numbers of Argentina.
    Ar: ["cuit", "cuil", "dni", "c.u.i.t", "c.u.i.l"]
    /// Numbers of Chile.
    Cl: ["rut", "run", "r.u.t", "rol único"]
    /// Numbers of Mexico.
    Mx: ["curp", "rfc", "registro federal", "clave única"]
    /// Health providers.
    Npi: ["npi", "provider", "national provider"]
    /// Prescribers.
    Dea: ["dea", "prescriber"]
    /// Patients and members of health plans.
    Record: [
        "mrn", "medical record", "patient id", "patient number", "patient no", "patient#", "chart number",
        "chart no", "health record", "member id", "member number", "member no", "member#", "subscriber id",
        "policy number", "health plan", "insurance id", "group number", "beneficiary", "account number for patient",
        "med. rec", "med rec", "hospital number", "hospital no", "patientennummer", "numéro de patient",
    ]
    /// Diagnoses.
    Diagnosis: ["icd", "icd-10", "icd10", "diagnos", "dx", "icd code", "diagnosis code", "diag. code", "diag code"]
    /// One-time codes.
    Code: [
        "otp", "verification code", "one-time code", "one-time pass", "one-time pin", "one-time key", "one-time token", "2fa", "two-factor", "passcode", "pass code",
        "security code", "auth code", "authentication code", "authorization code", "login code", "confirmation code",
        "sms code", "code is", "your code", "access code", "mfa", "totp", "use code", "enter code", "enter the code",
        "verify code", "pin code", "code for your", "sign-in code", "code:", "bestätigungscode", "sicherheitscode",
        "código de verificación", "codice di verifica", "code de vérification", "тан", "tan", "験証コード", "確認コード",
        "验证码", "驗證碼", "인증번호", "認証コード", "einmalcode", "verifizierungscode", "verificatiecode", "doğrulama kodu",
        "kod weryfikacyjny", "vahvistuskoodi", "verifieringskod", "código de acceso", "código de verificação",
        "confirmation pin", "two factor", "log-in code", "auth. code",
    ]
    /// Passwords.
    Password: [
        "password", "passwd", "passphrase", "pass phrase", "passcode", "pwd", "pass", "pw", "passwort", "kennwort",
        "contraseña", "mot de passe", "senha", "wachtwoord", "lösenord", "hasło", "şifre", "пароль", "パスワード", "密码",
        "비밀번호", "salasana", "kodeord", "adgangskode", "jelszó", "heslo", "parolă", "sifre", "haslo",
        "passord", "пароля", "密碼", "암호", "暗証番号", "kata sandi", "mật khẩu", "पासवर्ड", "รหัสผ่าน",
    ]
    /// Programs that take a password among their words.
    Command: ["curl", "sshpass", "mysql", "mysqldump", "smbclient", "ldapsearch"]
    /// Personal identification numbers.
    Pin: ["pin", "pin code", "pin number", "mpin"]
    /// Values that are secret.
    Secret: [
        "secret", "api_key", "apikey", "api key", "api-key", "access_key", "access key", "accesskey", "access-key",
        "auth_token", "authtoken", "token", "bearer", "private_key", "privatekey", "client_secret", "credential",
        "authorization", "encryption_key", "signing_key", "account_key", "_key", "x-api-key", "webhook",
        "license_key", "licence_key", "activation key", "sas", "jwt", "session", "cookie", "hmac", "salt",
        "private token", "app key", "auth key",
    ]
    /// Diseases, medicines, findings: ICD-10-CM chapters and the WHO list of essential medicines.
    Health: [
        "diabetes", "diabetic", "hypertension", "asthma", "copd", "bronchitis", "pneumonia", "tuberculosis",
        "influenza", "covid-19", "hepatitis", "cirrhosis", "hiv", "aids", "herpes", "chlamydia", "gonorrhea",
        "syphilis", "hpv", "cancer", "carcinoma", "tumor", "tumour", "leukemia", "leukaemia", "lymphoma", "melanoma",
        "metastatic", "metastasis", "chemotherapy", "radiotherapy", "biopsy", "mastectomy", "oncology", "anemia",
        "anaemia", "thrombosis", "embolism", "hemophilia", "sickle cell", "stroke", "myocardial infarction",
        "heart attack", "heart failure", "arrhythmia", "atrial fibrillation", "angina", "coronary", "epilepsy",
        "seizure", "migraine", "alzheimer", "dementia", "parkinson", "multiple sclerosis", "neuropathy",
        "depression", "depressive", "bipolar disorder", "schizophrenia", "psychosis", "anxiety disorder",
        "panic attack", "ptsd", "adhd", "autism", "anorexia", "bulimia", "eating disorder", "suicidal",
        "suicide attempt", "self-harm", "addiction", "alcoholism", "opioid", "overdose", "withdrawal symptoms",
        "rehab", "pregnancy", "pregnant", "miscarriage", "abortion", "infertility", "ivf", "endometriosis",
        "menopause", "erectile dysfunction", "prostate", "kidney failure", "renal failure", "dialysis",
        "kidney stone", "urinary tract infection", "crohn", "colitis", "irritable bowel", "gastritis", "ulcer",
        "celiac", "pancreatitis", "gallstone", "appendicitis", "hypothyroid", "hyperthyroid", "thyroid",
        "osteoporosis", "arthritis", "rheumatoid", "lupus", "fibromyalgia", "gout", "psoriasis", "eczema",
        "dermatitis", "glaucoma", "cataract", "macular degeneration", "hearing loss", "tinnitus", "sepsis",
        "transplant", "amputation", "fracture", "concussion", "insomnia", "sleep apnea", "obesity", "allergy",
        "anaphylaxis", "metformin", "insulin", "atorvastatin", "simvastatin", "lisinopril", "amlodipine", "losartan",
        "metoprolol", "bisoprolol", "furosemide", "hydrochlorothiazide", "warfarin", "apixaban", "rivaroxaban",
        "clopidogrel", "aspirin", "omeprazole", "pantoprazole", "levothyroxine", "albuterol", "salbutamol",
        "prednisone", "prednisolone", "dexamethasone", "amoxicillin", "azithromycin", "ciprofloxacin", "doxycycline",
        "penicillin", "sertraline", "fluoxetine", "escitalopram", "citalopram", "paroxetine", "venlafaxine",
        "duloxetine", "bupropion", "mirtazapine", "amitriptyline", "lithium", "quetiapine", "olanzapine",
        "risperidone", "aripiprazole", "haloperidol", "clozapine", "lorazepam", "diazepam", "alprazolam",
        "clonazepam", "zolpidem", "methylphenidate", "adderall", "ritalin", "prozac", "zoloft", "xanax", "valium",
        "ambien", "oxycodone", "hydrocodone", "oxycontin", "vicodin", "percocet", "morphine", "fentanyl", "tramadol",
        "codeine", "methadone", "buprenorphine", "suboxone", "naloxone", "gabapentin", "pregabalin", "lamotrigine",
        "levetiracetam", "carbamazepine", "valproate", "tamoxifen", "letrozole", "methotrexate",
        "hydroxychloroquine", "adalimumab", "humira", "etanercept", "infliximab", "rituximab", "trastuzumab",
        "semaglutide", "ozempic", "wegovy", "tirzepatide", "mounjaro", "viagra", "sildenafil", "tadalafil",
        "finasteride", "truvada", "biktarvy", "tenofovir", "antiretroviral", "acyclovir", "valacyclovir",
        "mifepristone", "misoprostol", "contraceptive",
    ]
    /// What else is called a code.
    NotACode: [
        "error code", "exit code", "status code", "zip code", "area code", "country code", "source code",
        "postal code", "promo code", "discount code", "product code", "response code", "return code", "error:",
        "errno", "http", "line ", "bar code", "barcode", "qr code", "dress code", "sort code", "hs code",
        "product no",
    ]
    /// Mobile devices.
    Imei: ["imei", "meid", "device id", "handset"]
    /// Addresses in a network.
    Network: [
        "ip", "ip address", "ipv4", "ipv6", "mac", "mac address", "hardware address", "physical address", "ethernet",
        "wlan", "bssid",
    ]
    /// Wallets.
    Wallet: [
        "wallet", "bitcoin", "btc", "ethereum", "eth", "crypto", "seed", "recovery", "ledger", "metamask",
        "mnemonic",
    ]
}
