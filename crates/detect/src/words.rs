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
        "national id", "identity card", "identity number", "identity code", "id number", "id card",
        "identification", "personal number", "personal code", "citizen", "tax id", "tax number", "taxpayer", "tin",
    ]
    /// Social security and taxpayers of the US.
    Ssn: [
        "ssn", "social security", "soc sec", "taxpayer", "itin", "tax id", "w-7", "w-2", "last four",
        "socialsecurity", "social_security", "ss#",
    ]
    /// Employers of the US.
    Ein: [
        "ein", "fein", "employer id", "employer identification", "w-9", "1099", "federal tax id", "federal id",
        "tax id",
    ]
    /// Tax preparers.
    Ptin: ["ptin", "preparer"]
    /// Payment cards.
    Card: [
        "card", "visa", "mastercard", "amex", "american express", "cvv", "cvc", "expir", "exp date", "valid thru",
        "valid until", "payment", "discover", "diners", "maestro", "kreditkarte", "carte bancaire", "tarjeta",
        "cc#", "ccnum",
    ]
    /// Their verification codes.
    Cvv: ["cvv", "cvc", "cvv2", "cvc2", "cid", "card verification", "security code", "card code", "prüfziffer"]
    /// When they expire, as forms ask for it.
    Expiry: [
        "expiry", "expires", "expiration", "exp date", "exp. date", "valid thru", "valid until", "mm/yy", "mm / yy",
        "gültig bis", "ablaufdatum", "date d'expiration", "fecha de caducidad", "data di scadenza", "vervaldatum",
    ]
    /// Routing numbers of banks.
    Routing: ["routing", "aba", "rtn", "transit number", "bank"]
    /// Bank accounts.
    Account: [
        "account number", "account no", "account num", "account#", "account #", "acct", "bank account",
        "checking account", "savings account", "account:", "accountnumber", "account_number", "kontonummer",
        "cuenta bancaria", "numéro de compte", "konto nr", "sort code", "acc no", "acc number",
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
        "hotline",
    ]
    /// Dates of birth.
    Birth: [
        "born", "dob", "d.o.b", "birth", "birthday", "geburtsdatum", "geboren", "date de naissance", "née le",
        "né le", "fecha de nacimiento", "nacido", "nacida", "data di nascita", "nato il", "nata il",
        "data de nascimento", "födelsedatum", "syntymäaika", "geboortedatum", "data urodzenia", "doğum tarihi",
        "生年月日", "生日", "출생", "생년월일",
    ]
    /// Passports.
    Passport: [
        "passport", "pasaporte", "reisepass", "passeport", "passaporto", "passaporte", "paszport", "pasaport",
        "paspoort", "pass-nr", "passnummer", "passnr", "pass nr", "여권", "旅券", "护照", "travel document",
    ]
    /// Driving licences.
    Licence: [
        "driver's license", "driver’s license", "driver license", "drivers license", "drivers licence",
        "driver licence", "driver's licence", "driving licence", "driving license", "driver's lic", "drivers lic",
        "driver lic", "license number", "licence number", "license no", "licence no", "license #", "licence #",
        "license:", "licence:", "dl", "dl#", "dln", "dlno", "führerschein", "fuehrerschein", "permis de conduire",
        "permiso de conducir", "patente", "rijbewijs", "körkort", "ajokortti", "prawo jazdy",
        "carteira de habilitação", "cnh", "운전면허", "driving", "dvla",
    ]
    /// Number plates.
    Vehicle: [
        "plate", "registration", "license plate", "number plate", "car reg", "vehicle", "vrn", "plaka",
        "kennzeichen", "matrícula", "targa", "immatriculation", "rc number", "vehicle no",
    ]
    /// Addresses.
    Postal: [
        "address", "postcode", "post code", "postal code", "zip", "zip code", "zipcode", "ship to", "plz",
        "postleitzahl", "code postal", "código postal", "postnummer", "mail to", "deliver",
    ]
    /// Numbers of the United Kingdom.
    Uk: [
        "nino", "national insurance", "ni number", "ni no", "paye", "p60", "p45", "hmrc", "trn",
        "temporary reference",
    ]
    /// Taxpayers of the United Kingdom.
    Utr: ["utr", "unique taxpayer", "self assessment", "tax reference"]
    /// The UK's health service.
    Nhs: ["nhs", "health service", "patient"]
    /// Numbers of Germany.
    De: [
        "steuer-id", "steuerid", "steueridentifikationsnummer", "identifikationsnummer", "idnr", "id-nr", "tin",
        "steuernummer", "steuer-nr", "steuernr", "st.-nr", "finanzamt", "elster",
    ]
    /// Identity cards of Germany.
    DeCard: ["personalausweis", "ausweis", "ausweisnummer", "perso"]
    /// Social insurance of Germany.
    DeSocial: ["rvnr", "rentenversicherung", "sozialversicherung", "sv-nummer", "versicherungsnummer", "svnr"]
    /// Health insurance of Germany.
    DeHealth: [
        "kvnr", "krankenversicherung", "krankenkasse", "versichertennummer", "versichertennr", "gesundheitskarte",
        "egk",
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
        "numéro fiscal", "numero fiscal", "spi", "siren", "siret", "carte d'identité",
    ]
    /// Numbers of Spain.
    Es: ["nif", "dni", "nie", "cif", "extranjero", "identidad", "seguridad social", "naf"]
    /// Numbers of Italy.
    It: [
        "codice fiscale", "cod. fisc", "c.f.", "cf", "partita iva", "p.iva", "p. iva", "piva", "carta d'identità",
        "carta di identità", "carta d'identita",
    ]
    /// Numbers of Poland.
    Pl: ["pesel", "nip", "dowód", "dowod", "dowodu", "numer identyfikacyjny"]
    /// Numbers of Sweden.
    Se: [
        "personnummer", "pnr", "samordningsnummer", "person-nr", "organisationsnummer", "företag", "bolag",
        "company identity", "org.nr", "orgnr", "org nr",
    ]
    /// Numbers of Finland.
    Fi: ["henkilötunnus", "hetu", "personbeteckning", "identity code"]
    /// Numbers of Norway.
    No: ["fødselsnummer", "fodselsnummer", "personnummer", "fnr"]
    /// Numbers of Denmark.
    Dk: ["cpr", "personnummer"]
    /// Numbers of the Netherlands.
    Nl: ["bsn", "burgerservicenummer", "sofinummer"]
    /// Numbers of Belgium.
    Be: ["rijksregister", "numéro national", "numero national", "registre national", "insz", "niss", "nrn"]
    /// Numbers of Portugal.
    Pt: ["nif", "contribuinte", "nipc", "número fiscal"]
    /// Numbers of Ireland.
    Ie: ["pps", "ppsn", "personal public service"]
    /// Numbers of Switzerland.
    Ch: ["ahv", "avs", "oasi", "sozialversicherung"]
    /// Numbers of Austria.
    At: ["svnr", "sv-nr", "sozialversicherung", "sv-nummer", "versicherungsnummer"]
    /// Numbers of Czechia and Slovakia.
    Cz: ["rodné číslo", "rodne cislo", "rč"]
    /// Numbers of Romania.
    Ro: ["cnp", "cod numeric personal"]
    /// Numbers of Bulgaria.
    Bg: ["egn", "егн"]
    /// Numbers of Croatia.
    Hr: ["oib"]
    /// Numbers of Estonia and Lithuania.
    Baltic: ["isikukood", "asmens kodas"]
    /// Numbers of Greece.
    Gr: ["amka", "αμκα", "afm", "αφμ"]
    /// Numbers of Slovenia and its neighbours.
    Si: ["emšo", "emso", "jmbg"]
    /// Numbers of Russia.
    Ru: ["инн", "inn", "снилс", "snils"]
    /// Numbers of Canada.
    Ca: ["sin", "social insurance", "assurance sociale", "nas"]
    /// Numbers of Australia.
    Au: ["tfn", "tax file", "abn", "acn", "business number", "company number", "australian"]
    /// Medicare.
    Medicare: ["medicare", "mbi", "beneficiary"]
    /// Numbers of New Zealand.
    Nz: ["ird"]
    /// Numbers of India.
    In: [
        "aadhaar", "aadhar", "uidai", "आधार", "pan", "pan card", "permanent account", "gstin", "gst", "voter",
        "epic", "elector",
    ]
    /// Numbers of Korea.
    Kr: [
        "주민등록", "주민번호", "외국인등록", "사업자", "rrn", "resident registration", "alien registration",
        "foreigner registration", "business registration", "brn", "frn",
    ]
    /// Numbers of Japan.
    Jp: ["my number", "mynumber", "マイナンバー", "個人番号"]
    /// Numbers of China.
    Cn: ["身份证", "居民身份", "resident identity", "身分證"]
    /// Numbers of Taiwan.
    Tw: ["身分證", "統一編號", "national id", "arc number"]
    /// Numbers of Hong Kong.
    Hk: ["hkid", "身份證", "hong kong identity"]
    /// Numbers of Singapore.
    Sg: ["nric", "fin", "uen", "singpass"]
    /// Numbers of Thailand.
    Th: ["เลขประจำตัวประชาชน", "thai id", "citizen id", "บัตรประชาชน"]
    /// Numbers of Malaysia.
    My: ["mykad", "nric", "kad pengenalan", "ic no", "ic number"]
    /// Numbers of Indonesia.
    Id: ["nik", "ktp", "nomor induk"]
    /// Numbers of the Philippines.
    Ph: ["tin", "bir", "philsys", "umid"]
    /// Numbers of Pakistan.
    Pk: ["cnic", "nicop", "nadra"]
    /// Numbers of Israel.
    Il: ["teudat zehut", "תעודת זהות", "ת.ז"]
    /// Numbers of the Emirates.
    Ae: ["emirates id", "هوية"]
    /// Numbers of Nigeria.
    Ng: ["nin", "nimc", "national identification"]
    /// Numbers of South Africa.
    Za: ["south african id", "rsa id", "said", "refugee id"]
    /// Numbers of Turkey.
    Tr: ["kimlik", "tckn", "tc no", "t.c.", "tc kimlik"]
    /// Numbers of Brazil.
    Br: ["cpf", "cnpj", "cadastro de pessoa"]
    /// Numbers of Argentina.
    Ar: ["cuit", "cuil", "dni"]
    /// Numbers of Chile.
    Cl: ["rut", "run"]
    /// Numbers of Mexico.
    Mx: ["curp", "rfc"]
    /// Health providers.
    Npi: ["npi", "provider", "national provider"]
    /// Prescribers.
    Dea: ["dea", "prescriber"]
    /// Patients and members of health plans.
    Record: [
        "mrn", "medical record", "patient id", "patient number", "patient no", "patient#", "chart number",
        "chart no", "health record", "member id", "member number", "member no", "member#", "subscriber id",
        "policy number", "health plan", "insurance id", "group number", "beneficiary",
        "account number for patient",
    ]
    /// Diagnoses.
    Diagnosis: ["icd", "icd-10", "icd10", "diagnos", "dx", "icd code", "diagnosis code"]
    /// One-time codes.
    Code: [
        "otp", "verification code", "one-time", "one time code", "2fa", "two-factor", "passcode", "pass code",
        "security code", "auth code", "authentication code", "authorization code", "login code",
        "confirmation code", "sms code", "code is", "your code", "access code", "mfa", "totp", "use code",
        "enter code", "enter the code", "verify code", "pin code", "code for your", "sign-in code", "code:",
        "bestätigungscode", "sicherheitscode", "código de verificación", "codice di verifica",
        "code de vérification", "тан", "tan", "験証コード", "確認コード", "验证码", "驗證碼", "인증번호",
    ]
    /// Passwords.
    Password: [
        "password", "passwd", "passphrase", "pass phrase", "passcode", "pwd", "pass", "pw", "passwort", "kennwort",
        "contraseña", "mot de passe", "senha", "wachtwoord", "lösenord", "hasło", "şifre", "пароль", "パスワード", "密码",
        "비밀번호",
    ]
    /// Personal identification numbers.
    Pin: ["pin", "pin code", "pin number", "mpin"]
    /// Values that are secret.
    Secret: [
        "secret", "api_key", "apikey", "api key", "api-key", "access_key", "access key", "accesskey", "access-key",
        "auth_token", "authtoken", "token", "bearer", "private_key", "privatekey", "client_secret", "credential",
        "authorization", "encryption_key", "signing_key", "account_key", "_key", "x-api-key", "webhook",
        "license_key", "licence_key", "activation key", "sas", "jwt", "session", "cookie", "hmac", "salt",
    ]
    /// Diseases, medicines, findings: ICD-10-CM chapters and the WHO list of essential medicines.
    Health: [
        "diabetes", "diabetic", "hypertension", "asthma", "copd", "bronchitis", "pneumonia", "tuberculosis",
        "influenza", "covid-19", "hepatitis", "cirrhosis", "hiv", "aids", "herpes", "chlamydia", "gonorrhea",
        "syphilis", "hpv", "cancer", "carcinoma", "tumor", "tumour", "leukemia", "leukaemia", "lymphoma",
        "melanoma", "metastatic", "metastasis", "chemotherapy", "radiotherapy", "biopsy", "mastectomy", "oncology",
        "anemia", "anaemia", "thrombosis", "embolism", "hemophilia", "sickle cell", "stroke",
        "myocardial infarction", "heart attack", "heart failure", "arrhythmia", "atrial fibrillation", "angina",
        "coronary", "epilepsy", "seizure", "migraine", "alzheimer", "dementia", "parkinson", "multiple sclerosis",
        "neuropathy", "depression", "depressive", "bipolar disorder", "schizophrenia", "psychosis",
        "anxiety disorder", "panic attack", "ptsd", "adhd", "autism", "anorexia", "bulimia", "eating disorder",
        "suicidal", "suicide attempt", "self-harm", "addiction", "alcoholism", "opioid", "overdose",
        "withdrawal symptoms", "rehab", "pregnancy", "pregnant", "miscarriage", "abortion", "infertility", "ivf",
        "endometriosis", "menopause", "erectile dysfunction", "prostate", "kidney failure", "renal failure",
        "dialysis", "kidney stone", "urinary tract infection", "crohn", "colitis", "irritable bowel", "gastritis",
        "ulcer", "celiac", "pancreatitis", "gallstone", "appendicitis", "hypothyroid", "hyperthyroid", "thyroid",
        "osteoporosis", "arthritis", "rheumatoid", "lupus", "fibromyalgia", "gout", "psoriasis", "eczema",
        "dermatitis", "glaucoma", "cataract", "macular degeneration", "hearing loss", "tinnitus", "sepsis",
        "transplant", "amputation", "fracture", "concussion", "insomnia", "sleep apnea", "obesity", "allergy",
        "anaphylaxis", "metformin", "insulin", "atorvastatin", "simvastatin", "lisinopril", "amlodipine",
        "losartan", "metoprolol", "bisoprolol", "furosemide", "hydrochlorothiazide", "warfarin", "apixaban",
        "rivaroxaban", "clopidogrel", "aspirin", "omeprazole", "pantoprazole", "levothyroxine", "albuterol",
        "salbutamol", "prednisone", "prednisolone", "dexamethasone", "amoxicillin", "azithromycin",
        "ciprofloxacin", "doxycycline", "penicillin", "sertraline", "fluoxetine", "escitalopram", "citalopram",
        "paroxetine", "venlafaxine", "duloxetine", "bupropion", "mirtazapine", "amitriptyline", "lithium",
        "quetiapine", "olanzapine", "risperidone", "aripiprazole", "haloperidol", "clozapine", "lorazepam",
        "diazepam", "alprazolam", "clonazepam", "zolpidem", "methylphenidate", "adderall", "ritalin", "prozac",
        "zoloft", "xanax", "valium", "ambien", "oxycodone", "hydrocodone", "oxycontin", "vicodin", "percocet",
        "morphine", "fentanyl", "tramadol", "codeine", "methadone", "buprenorphine", "suboxone", "naloxone",
        "gabapentin", "pregabalin", "lamotrigine", "levetiracetam", "carbamazepine", "valproate", "tamoxifen",
        "letrozole", "methotrexate", "hydroxychloroquine", "adalimumab", "humira", "etanercept", "infliximab",
        "rituximab", "trastuzumab", "semaglutide", "ozempic", "wegovy", "tirzepatide", "mounjaro", "viagra",
        "sildenafil", "tadalafil", "finasteride", "truvada", "biktarvy", "tenofovir", "antiretroviral",
        "acyclovir", "valacyclovir", "mifepristone", "misoprostol", "contraceptive",
    ]
    /// What else is called a code.
    NotACode: [
        "error code", "exit code", "status code", "zip code", "area code", "country code", "source code",
        "postal code", "promo code", "discount code", "product code", "response code", "return code", "error:",
        "errno", "http", "line ",
    ]
    /// Mobile devices.
    Imei: ["imei", "meid", "device id", "handset"]
    /// Addresses in a network.
    Network: [
        "ip", "ip address", "ipv4", "ipv6", "mac", "mac address", "hardware address", "physical address",
        "ethernet", "wlan", "bssid",
    ]
    /// Wallets.
    Wallet: [
        "wallet", "bitcoin", "btc", "ethereum", "eth", "crypto", "seed", "recovery", "ledger", "metamask",
        "mnemonic",
    ]
}
