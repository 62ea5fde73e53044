use super::value::VALUE;
use crate::Class;
use crate::tests::found;

#[test]
fn passwords_are_found_behind_their_labels() {
    let cases = [
        ("password: root", "root"),
        ("my password is Tr0ub4dor&3", "Tr0ub4dor"),
        ("db_password = \"s3cr et!\"", "s3cr et!"),
        ("PASSWORD=hunter2 make", "hunter2"),
        ("username root\npassword crickets", "crickets"),
        ("passphrase: correct-horse", "correct-horse"),
        ("pwd=abc123&next=1", "abc123"),
        ("Пароль: hunter2", "hunter2"),
        ("HASŁO: hunter2", "hunter2"),
        ("the users' password: 'hunter2'", "hunter2"),
        ("it's password: 'hunter2', I think", "hunter2"),
        ("login bob password crickets", "crickets"),
        ("password crickets", "crickets"),
        ("user: anna / password: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("mot_de_passe: 'hunter2'", "hunter2"),
        ("pass -> Blue$ky76", "Blue$ky76"),
        ("passwd is: letmein34", "letmein34"),
        ("the salasana for the vpn is kitty822", "kitty822"),
        ("35wemsjhwWGD is my password", "35wemsjhwWGD"),
        ("anna / P@ssw0rd99 (senha)", "P@ssw0rd99"),
        ("anna / LJvViUTGfnKB (wifi password)", "LJvViUTGfnKB"),
        ("curl -u anna:x7!kQz#Lp2 https://example.com", "x7!kQz#Lp2"),
        ("sshpass -p kitty567 ssh anna@host", "kitty567"),
        ("mysql -u root -phunter2 shop", "hunter2"),
        ("password my CIsNkw89M23D", "CIsNkw89M23D"),
        ("Password (new): correct-horse", "correct-horse"),
        ("admin pass for the router: qwertz123", "qwertz123"),
        ("Current password\nBlue$ky91\nok", "Blue$ky91"),
        ("name,password,city\nanna,hunter2,bonn\n", "hunter2"),
        ("\"user\";\"password\"\r\n\"anna\";\"crickets\"\r\n", "crickets"),
        ("Passwort\nqwertz123\n", "qwertz123"),
        ("password: Winter is c0ming! ok", "Winter is c0ming!"),
        ("passphrase: correct horse battery", "correct horse battery"),
        ("<input type=\"password\" name=\"p\" value=\"s3cr et\">", "s3cr et"),
    ];
    for (text, value) in cases {
        assert!(
            found(text).iter().any(|(class, found)| *class == Class::Password && found.starts_with(value)),
            "{text}: {:?}",
            found(text)
        );
    }
    for text in [
        "password: string;",
        "Forgot your password?",
        "password is required",
        "password = getPassword()",
        "password: ********",
        "password=${PASSWORD}",
        "passwords are hard",
        "the password field of the form",
        "const password = config.password",
        "def ask(prompt='Password: ', stream=None):",
        "console.log('password:', password)",
        "Password hashing",
        "- Password schema",
        "I have to reset my password today.",
        "Passwort vergessen?",
        "password: min 8 characters",
        "@password = password",
        "pwd=$(pwd)",
        "public_key: X25519PublicKey12",
        "Pass arguments to a function: //github.com/x1/y2",
        "which user data to pass to result_handler1 for",
        "  pass,\n  user: 12345\n",
        "f(a,password)\nx,12345\n",
        "name, password, and city\nare not, as you know, told\n",
        "password,name\n",
        "assert password == expected",
        "passwordResetUrl: \"/reset\"",
        "passwd: files systemd",
        "token = match.group(1)",
        "password = request.get(\"p\")",
        "the password for the vpn is in the vault",
        "curl -u $USER:$PASS https://example.com",
        "mysql -p shop",
        "self.password = password",
        "user.password = hashedPassword",
        "password = os.environ[\"DB_PASSWORD\"]",
        "<input type=\"password\" name=\"password\">",
        "Password\nShow",
        "password: string and 3 more",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    assert_eq!(found("PIN: 4821"), [(Class::Password, "4821")]);
}

#[test]
fn licences_filled_up_with_asterisks_are_found_behind_their_label() {
    assert_eq!(found("driver license: SMITH*JD123K"), [(Class::DrivingLicence, "SMITH*JD123K")]);
    assert_eq!(found("driver license: ************"), []);
    assert_eq!(found("the size is SMITH*JD123K"), []);
}

#[test]
fn a_value_longer_than_is_looked_at_is_cut_between_characters() {
    for quote in ["", "\""] {
        let text = format!("password: {quote}x{}", "é".repeat(VALUE));
        assert_eq!(found(&text), [(Class::Password, &text[10 + quote.len()..][..VALUE - 1])]);
    }
}
