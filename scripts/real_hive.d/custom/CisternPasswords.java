import java.util.Map;
import javax.security.sasl.AuthenticationException;
import org.apache.hive.service.auth.PasswdAuthenticationProvider;

/** CUSTOM authentication: two people, with the characters in their passwords that get lost on the way. */
public class CisternPasswords implements PasswdAuthenticationProvider {
    private static final Map<String, String> PEOPLE = Map.of(
        "alice", "wonder-land:1",
        "bob", "two words;=%20");

    @Override
    public void Authenticate(String user, String password) throws AuthenticationException {
        if (!password.equals(PEOPLE.get(user))) {
            throw new AuthenticationException("nobody here is called so, or has another password");
        }
    }
}
