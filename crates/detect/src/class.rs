//! What kinds of sensitive things there are.

macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident = $name:literal,)*) => {
        /// A kind of sensitive thing; placeholders and the journal say its [`name`](Class::name).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Class { $($(#[$doc])* $class,)* }

        impl Class {
            /// What counts only where a policy says so: it names a machine more than a person.
            pub const OPTIONAL: [Self; 3] = [Self::IpAddress, Self::MacAddress, Self::Imei];

            const PUBLISHED: [Self; 16] = [
                Self::Phone, Self::Email, Self::PostalAddress, Self::PostalCode, Self::Bic, Self::UsEin, Self::DeVatId, Self::FrBusiness,
                Self::EsCif, Self::ItVat, Self::SeOrganisation, Self::AuAbn, Self::AuAcn, Self::InGstin, Self::KrBrn, Self::SgUen,
            ];

            #[cfg(test)]
            const ALL: &'static [Class] = &[$(Class::$class,)*];

            /// Whether it stands on pages for everybody, where it says nothing of whoever reads them: how to reach somebody, what a
            /// business is registered as.
            pub fn is_published(self) -> bool {
                Self::PUBLISHED.contains(&self)
            }

            /// Its name in placeholders, journals and spans: `us_ssn`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$class => $name,)* }
            }
        }
    };
}

classes! {
    /// US social security number.
    UsSsn = "us_ssn",
    /// US individual taxpayer identification number.
    UsItin = "us_itin",
    /// US employer identification number.
    UsEin = "us_ein",
    /// US preparer tax identification number.
    UsPtin = "us_ptin",
    /// Payment card number.
    CreditCard = "credit_card",
    /// A payment card's expiry.
    CardExpiry = "card_expiry",
    /// A payment card's verification code.
    CardCode = "card_code",
    /// International bank account number.
    Iban = "iban",
    /// Business identifier code of a bank.
    Bic = "bic",
    /// US bank routing number.
    AbaRouting = "aba_routing",
    /// Bank account number.
    BankAccount = "bank_account",
    /// Telephone number.
    Phone = "phone",
    /// E-mail address.
    Email = "email",
    /// Street, box, or town with its code.
    PostalAddress = "postal_address",
    /// Postal code on its own.
    PostalCode = "postal_code",
    /// Date of birth.
    DateOfBirth = "date_of_birth",
    /// Passport number.
    Passport = "passport",
    /// Driving licence number.
    DrivingLicence = "driving_licence",
    /// Number of an identity card.
    IdentityCard = "identity_card",
    /// Number plate.
    VehicleRegistration = "vehicle_registration",
    /// UK national insurance number.
    UkNino = "uk_nino",
    /// UK taxpayer reference.
    UkUtr = "uk_utr",
    /// German tax number of a person.
    DeTaxId = "de_tax_id",
    /// German VAT number.
    DeVatId = "de_vat_id",
    /// German pension insurance number.
    DeSocialSecurity = "de_social_security",
    /// German health insurance number.
    DeHealthInsurance = "de_health_insurance",
    /// German number of a physician or a practice.
    DePhysician = "de_physician",
    /// French social security number.
    FrNir = "fr_nir",
    /// French tax number.
    FrTaxId = "fr_tax_id",
    /// French number of a business.
    FrBusiness = "fr_business",
    /// Spanish identity number.
    EsNif = "es_nif",
    /// Spanish identity number of a foreigner.
    EsNie = "es_nie",
    /// Spanish number of a business.
    EsCif = "es_cif",
    /// Spanish social security number.
    EsSocialSecurity = "es_social_security",
    /// Italian fiscal code.
    ItFiscalCode = "it_fiscal_code",
    /// Italian VAT number.
    ItVat = "it_vat",
    /// Polish identity number.
    PlPesel = "pl_pesel",
    /// Polish tax number.
    PlNip = "pl_nip",
    /// Swedish identity number.
    SePersonnummer = "se_personnummer",
    /// Swedish number of a business.
    SeOrganisation = "se_organisation",
    /// Finnish identity code.
    FiHetu = "fi_hetu",
    /// Norwegian identity number.
    NoFodselsnummer = "no_fodselsnummer",
    /// Danish identity number.
    DkCpr = "dk_cpr",
    /// Dutch citizen service number.
    NlBsn = "nl_bsn",
    /// Belgian national number.
    BeNationalNumber = "be_national_number",
    /// Portuguese tax number.
    PtNif = "pt_nif",
    /// Irish personal public service number.
    IePps = "ie_pps",
    /// Swiss social security number.
    ChAhv = "ch_ahv",
    /// Austrian social security number.
    AtSvnr = "at_svnr",
    /// Czech or Slovak birth number.
    CzRodneCislo = "cz_rodne_cislo",
    /// Romanian identity number.
    RoCnp = "ro_cnp",
    /// Bulgarian identity number.
    BgEgn = "bg_egn",
    /// Croatian identity number.
    HrOib = "hr_oib",
    /// Estonian or Lithuanian identity number.
    BalticId = "baltic_id",
    /// Greek social security number.
    GrAmka = "gr_amka",
    /// Identity number of Slovenia and its neighbours.
    SiEmso = "si_emso",
    /// Russian tax number.
    RuInn = "ru_inn",
    /// Russian pension insurance number.
    RuSnils = "ru_snils",
    /// Canadian social insurance number.
    CaSin = "ca_sin",
    /// Australian tax file number.
    AuTfn = "au_tfn",
    /// Australian Medicare number.
    AuMedicare = "au_medicare",
    /// Australian business number.
    AuAbn = "au_abn",
    /// Australian company number.
    AuAcn = "au_acn",
    /// New Zealand tax number.
    NzIrd = "nz_ird",
    /// Indian identity number.
    InAadhaar = "in_aadhaar",
    /// Indian tax number.
    InPan = "in_pan",
    /// Indian goods and services tax number.
    InGstin = "in_gstin",
    /// Indian voter's number.
    InVoter = "in_voter",
    /// Korean registration number of a resident.
    KrRrn = "kr_rrn",
    /// Korean registration number of a foreigner.
    KrFrn = "kr_frn",
    /// Korean number of a business.
    KrBrn = "kr_brn",
    /// Japanese identity number.
    JpMyNumber = "jp_my_number",
    /// Chinese identity number.
    CnId = "cn_id",
    /// Taiwanese identity number.
    TwId = "tw_id",
    /// Hong Kong identity number.
    HkId = "hk_id",
    /// Singaporean identity number.
    SgNric = "sg_nric",
    /// Singaporean number of a business.
    SgUen = "sg_uen",
    /// Thai identity number.
    ThId = "th_id",
    /// Malaysian identity number.
    MyNric = "my_nric",
    /// Indonesian identity number.
    IdNik = "id_nik",
    /// Philippine tax number.
    PhTin = "ph_tin",
    /// Pakistani identity number.
    PkCnic = "pk_cnic",
    /// Israeli identity number.
    IlId = "il_id",
    /// Emirati identity number.
    AeId = "ae_id",
    /// Nigerian identity number.
    NgNin = "ng_nin",
    /// South African identity number.
    ZaId = "za_id",
    /// Turkish identity number.
    TrId = "tr_id",
    /// Brazilian tax number of a person.
    BrCpf = "br_cpf",
    /// Brazilian tax number of a business.
    BrCnpj = "br_cnpj",
    /// Argentine tax number.
    ArCuit = "ar_cuit",
    /// Chilean tax number.
    ClRut = "cl_rut",
    /// Mexican identity code.
    MxCurp = "mx_curp",
    /// Mexican tax code.
    MxRfc = "mx_rfc",
    /// US national provider identifier.
    UsNpi = "us_npi",
    /// US registration of a prescriber.
    UsDea = "us_dea",
    /// US Medicare beneficiary identifier.
    UsMbi = "us_mbi",
    /// UK health service number.
    UkNhs = "uk_nhs",
    /// Number of a patient or of a health plan's member.
    MedicalRecord = "medical_record",
    /// Diagnosis by ICD-10.
    DiagnosisCode = "diagnosis_code",
    /// A disease, a medicine or a finding.
    HealthTerm = "health_term",
    /// A vendor's token, by its shape.
    ApiKey = "api_key",
    /// Private key.
    PrivateKey = "private_key",
    /// JSON web token.
    Jwt = "jwt",
    /// An address that holds a password.
    ConnectionString = "connection_string",
    /// Something of high entropy under a label that says it is secret.
    Secret = "secret",
    /// Password after a label.
    Password = "password",
    /// One-time code.
    OneTimeCode = "one_time_code",
    /// Seed phrase of a wallet.
    SeedPhrase = "seed_phrase",
    /// Address or key of a wallet.
    Wallet = "wallet",
    /// IP address.
    IpAddress = "ip_address",
    /// MAC address.
    MacAddress = "mac_address",
    /// Number of a mobile device.
    Imei = "imei",
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn every_class_is_documented() {
        let documentation = include_str!("../../../docs/detectors.md");
        let missing = Class::ALL.iter().filter(|class| !documentation.contains(&format!("`{}`", class.name())));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&Class>::new());
    }
}
